"""Lists that several services ship are one list."""

import csv
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"


def _shipped(service: str) -> list[dict[str, str]]:
    with (SERVICES / service / "data" / "offices.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.rule("V11")
def test_every_service_ships_the_same_offices_and_feedback_those_of_provinces() -> None:
    offices = _shipped("registration")
    assert _shipped("accounts") == offices
    assert _shipped("feedback") == [office for office in offices if office["province_code"] != "00"]

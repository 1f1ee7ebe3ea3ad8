"""A province is two digits, whoever asks for it: `1` is told as a lost zero, and never answered with an empty list."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.integration.http.desks import SERVICES, Desk, Operation, operations

with tempfile.TemporaryDirectory() as _folder:
    FILTERED = [
        each
        for service in SERVICES
        for each in operations(service, Path(_folder))
        if any(parameter["name"] == "province" for parameter in each.parameters("query"))
    ]

filtered = pytest.mark.parametrize("operation", FILTERED, ids=[each.id for each in FILTERED])


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    return {service: Desk(service, tmp_path_factory.mktemp(service)).filled() for service in SERVICES}


def test_three_services_filter_by_province() -> None:
    assert {each.service for each in FILTERED} == {"registration", "accounts", "feedback"}


@filtered
@pytest.mark.parametrize("province", ["1", "001", "1.0", "thu-so-the"])
def test_a_province_without_its_zero_is_told_as_that(desks: dict[str, Desk], operation: Operation, province: str) -> None:
    desk = desks[operation.service]
    role = desk.role_for(operation)
    answer = desk.ask(operation.method, operation.at(**desk.known), role=role, query_string={"province": province})
    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["field"], error["in"]) == (422, "province", "query")
    assert error["message_vi"] == "Mã tỉnh gồm đúng 2 chữ số, ví dụ 01 chứ không phải 1."

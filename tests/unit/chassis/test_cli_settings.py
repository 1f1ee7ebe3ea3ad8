"""`vss settings SERVICE`: what can be set, what is set here, and what is wrong with that."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from services.chassis.cli.main import app


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {
        "COLUMNS": "200",
        "REGISTRATION_EXPIRY_DAYS": "12",
        "DRAFT_DAYS": "soon",
        "REGISTRATION_BATHC_SIZE": "5",
        "AMQP_URI": "amqp://vss:hunter2@mq/",
    }.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["settings", "registration"])
    assert result.exit_code == 0, result.output
    return result.output


def row(shown: str, name: str) -> str:
    (found,) = [line for line in shown.splitlines() if line.startswith(f"│ {name} ")]
    return found


def test_a_row_says_what_is_set_and_which_variable_says_so(shown: str) -> None:
    assert "12 (REGISTRATION_EXPIRY_DAYS)" in row(shown, "EXPIRY_DAYS")
    assert "refused (DRAFT_DAYS)" in row(shown, "DRAFT_DAYS")


def test_every_fault_stands_below_the_table(shown: str) -> None:
    _, _, below = shown.partition("Not right here:")
    assert [line.split(":")[0] for line in below.strip().splitlines()] == ["- DRAFT_DAYS", "  - REGISTRATION_BATHC_SIZE"]


def test_no_secret_is_in_it(shown: str) -> None:
    assert "********" in shown
    assert "hunter2" not in shown

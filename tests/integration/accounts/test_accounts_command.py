"""`vss staff add` on the service's own database."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from services.accounts.cli import app
from services.chassis import clock

_ADD = ["add", "quan.tri", "--name", "Quản trị", "--phone", "0912345678", "--role", "admin"]


@pytest.fixture
def _here(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ACCOUNTS_DATABASE_URL", sqlite_url)
    yield
    clock.use_offset_file(None)


@pytest.mark.rule("A12")
@pytest.mark.usefixtures("_here")
def test_an_empty_option_is_one_that_was_not_given() -> None:
    added = CliRunner().invoke(app, [*_ADD, "--office", "", "--province", "", "--board", "", "--email", ""])
    assert added.exit_code == 0, added.output
    (member,) = json.loads(CliRunner().invoke(app, ["list", "--json"]).output)
    assert (member["office"], member["province"], member["board"]) == (None, None, None)


@pytest.mark.usefixtures("_here")
def test_adding_somebody_again_changes_nothing() -> None:
    said = [CliRunner().invoke(app, _ADD).output.strip() for _ in range(2)]
    assert said == ["quan.tri: added", "quan.tri: unchanged"]


@pytest.mark.rule("W2")
@pytest.mark.usefixtures("_here")
def test_somebody_is_the_same_however_an_operator_types_the_name() -> None:
    typed = [*_ADD]
    typed[1], typed[3], typed[5] = "\u200bquan.tri\u00a0", "Quản tri\u0323", "tel:0912\u2011345\u2011678"
    said = [CliRunner().invoke(app, given).output.strip() for given in (_ADD, typed, ["disable", "QUAN.TRI\u200b"])]
    assert said[:2] == ["quan.tri: added", "quan.tri: unchanged"]
    assert said[2].endswith("disabled")


@pytest.mark.parametrize(
    ("changes", "option", "said"),
    [
        ({"--phone": "0212345678"}, "--phone", "begins with 03, 05, 07, 08 or 09"),
        ({"--role": "citizen"}, "--role", "Must be one of: officer"),
        ({"--role": "board"}, "--board", "needs a board"),
        ({"quan.tri": "0113099841"}, "USERNAME", "begin with a letter"),
    ],
)
def test_what_is_wrong_about_staff_is_said_with_the_option_that_gives_it(changes, option, said) -> None:
    given = [*_ADD]
    for name, value in changes.items():
        given[given.index(name) + name.startswith("--")] = value
    refused = CliRunner().invoke(app, given, env={"COLUMNS": "400"})
    assert refused.exit_code == 2
    assert f"Invalid value for {option}" in refused.output
    assert said in refused.output

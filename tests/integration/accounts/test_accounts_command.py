"""`vss staff add` on the service's own database."""

from __future__ import annotations

import json
from pathlib import Path

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
    said = [
        CliRunner().invoke(app, given).output.strip()
        for given in (_ADD, typed, ["disable", "QUAN.TRI\u200b", "--reason", "Nghỉ việc"])
    ]
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


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("option", ["--from", "--until"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_far_from_ours_is_refused(option: str, day: str) -> None:
    refused = CliRunner().invoke(app, [*_ADD, option, day], env={"COLUMNS": "400"})
    assert (refused.exit_code, f"Invalid value for {option}" in refused.output, "2999-12-31" in refused.output) == (
        2,
        True,
        True,
    )


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(("province", "said"), [("1", "01, not 1"), ("99", "No office is in a province of this code")])
def test_a_province_that_is_none_is_refused(province: str, said: str) -> None:
    refused = CliRunner().invoke(app, [*_ADD, "--province", province])
    assert (refused.exit_code, said in refused.output, "--province" in refused.output) == (2, True, True), refused.output


@pytest.mark.usefixtures("_here")
def test_offices_are_exported_as_they_are_imported_and_a_lost_zero_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("code,name,province_code\n0105,Phúc Thọ,01\n", encoding="utf-8")
    assert "+ 0105: code 0105" in CliRunner().invoke(app, ["offices", "import", str(file)]).output
    assert CliRunner().invoke(app, ["offices", "export", str(file)]).exit_code == 0
    listed = file.read_text(encoding="utf-8-sig")
    assert "0105,Phúc Thọ,01" in listed
    assert "36 lines read: 0 added, 0 changed, 0 closed" in CliRunner().invoke(app, ["offices", "import", str(file)]).output
    file.write_text(listed.replace("0105,", "105,"), encoding="utf-8")
    refused = CliRunner().invoke(app, ["offices", "import", str(file)])
    assert (refused.exit_code, "code: 105 is probably 0105, of 01" in refused.output) == (2, True), refused.output

"""`vss complaints` and `vss holidays`: the lists go out and come back, all of a file or nothing."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from services.chassis.discovery import commands
from services.feedback.directory import responsible
from tests.integration.feedback.desk import Desk
from tests.stand.later import Later

LISTS = ("complaints responsible", "complaints categories", "complaints offices", "holidays")


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", database_url)


def vss(*arguments: str) -> Result:
    app = typer.Typer()
    for each in commands():
        app.add_typer(each)
    return CliRunner().invoke(app, list(arguments))


def kept(name: str, folder: Path) -> str:
    """The list as it is now."""
    file = folder / "kept.csv"
    done = vss(*name.split(), "export", str(file))
    assert done.exit_code == 0, done.output
    return file.read_text(encoding="utf-8-sig")


def written(folder: Path, text: str) -> str:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_exported_can_be_taken_back_and_changes_nothing(name: str, tmp_path: Path) -> None:
    before = kept(name, tmp_path)
    why = ("--reason", "như cũ") if name == "complaints categories" else ()
    taken = vss(*name.split(), "import", written(tmp_path, before), *why)
    assert taken.exit_code == 0, taken.output
    assert ": 0 added, 0 changed" in taken.output
    assert kept(name, tmp_path) == before


@pytest.mark.rule("F7", "W1")
def test_a_day_off_is_put_in_and_a_dry_run_only_says_so(tmp_path: Path) -> None:
    file = written(tmp_path, "day,kind,why\n2027-05-03,off,Quyết định nghỉ bù\n")
    assert "(dry run): 1 added" in vss("holidays", "import", file, "--dry-run").output
    assert "2027-05-03" not in kept("holidays", tmp_path)
    assert "1 added" in vss("holidays", "import", file).output
    assert "2027-05-03,off,Quyết định nghỉ bù" in kept("holidays", tmp_path)
    assert "2027-05-03" in vss("holidays", "list", "--year", "2027").output
    assert "2027-05-03" not in vss("holidays", "list", "--year", "2026").output


@pytest.mark.rule("W1")
def test_each_change_of_the_calendar_is_told_with_the_whole_list_and_nothing_else_is(desk: Desk, tmp_path: Path) -> None:
    more = "2027-05-03,off,Quyết định nghỉ bù\n"
    shipped = kept("holidays", tmp_path)
    file = written(tmp_path, shipped + more)
    vss("holidays", "import", file, "--dry-run")
    assert desk.facts() == []
    vss("holidays", "import", file)
    vss("holidays", "import", file)
    vss("holidays", "import", written(tmp_path, shipped), "--remove-others")
    vss("holidays", "import", written(tmp_path, shipped), "--tell")
    added, removed, again = desk.facts("calendar_changed")
    assert again.body["corrections"] == removed.body["corrections"]
    assert added.body["corrections"][-1] == {"day": "2027-05-03", "kind": "off", "why": "Quyết định nghỉ bù"}
    assert len(added.body["corrections"]) == len(removed.body["corrections"]) + 1
    assert added.body["calendar"] == "calendar"
    assert datetime.fromisoformat(added.body["changed_at"]).tzinfo is not None
    assert [each.headers["cloudEvents:revision"] for each in (added, removed, again)] == [1, 2, 3]


@pytest.mark.rule("W1")
def test_a_deadline_that_was_told_stays_when_the_calendar_changes(desk: Desk, tmp_path: Path, later: Later) -> None:
    before = desk.filed()
    due = desk.row(before).answer_due
    days = "".join(f"2026-11-{day:02d},off,Bão\n" for day in range(9, 14))
    assert "5 added" in vss("holidays", "import", written(tmp_path, f"day,kind,why\n{days}")).output
    assert desk.row(before).answer_due == due
    assert desk.row(desk.filed()).answer_due > due


@pytest.mark.rule("F3")
def test_the_file_of_offices_is_registrations_own_and_an_office_of_no_province_is_left_out(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "code,name,province_code,address,phone\n0105,BHXH cơ sở Phúc Thọ,01,Phúc Thọ,024.33640000\n"
        'CSKH,"Trung tâm Dịch vụ hỗ trợ, chăm sóc khách hàng",00,,\n',
    )
    said = json.loads(vss("complaints", "offices", "import", file, "--json").output)
    told = {name: said[name] for name in ("lines", "dry_run", "added", "changed", "closed", "left_out")}
    assert told == {"lines": 2, "dry_run": False, "added": ["0105"], "changed": [], "closed": [], "left_out": ["CSKH"]}
    again = json.loads(vss("complaints", "offices", "import", file, "--json").output)
    assert (again["added"], again["changed"]) == ([], [])
    assert "0105,BHXH cơ sở Phúc Thọ,01" in kept("complaints offices", tmp_path)
    orphan = written(tmp_path, "code,name,province_code\n9901,BHXH cơ sở Không Tỉnh,99\n")
    refused = vss("complaints", "offices", "import", orphan)
    assert (refused.exit_code, "line 2: province_code: nobody is responsible for 99" in refused.output) == (2, True)


@pytest.mark.rule("F3")
def test_a_list_with_a_fault_changes_nothing_and_names_the_line(tmp_path: Path) -> None:
    lines = kept("complaints responsible", tmp_path)
    broken = lines.replace("giam-doc.79@bhxh.example", "khong-phai-dia-chi").replace("giam-doc.01@", "moi.01@")
    refused = vss("complaints", "responsible", "import", written(tmp_path, broken))
    assert refused.exit_code == 2
    assert "Nothing was imported" in refused.output
    assert "email" in refused.output
    assert kept("complaints responsible", tmp_path) == lines


@pytest.mark.rule("F3")
def test_a_list_from_which_a_spreadsheet_took_the_zeros_is_refused_and_directors_keep_their_addresses(
    tmp_path: Path,
) -> None:
    lines = kept("complaints responsible", tmp_path)
    zeros_lost = "".join(line.replace("province,0", "province,") for line in lines.splitlines(keepends=True))
    real = zeros_lost.replace("@bhxh.example", "@vss.gov.vn").replace(",yes", ",")
    refused = vss("complaints", "responsible", "import", written(tmp_path, real))
    assert refused.exit_code == 2
    assert "line 2: code: expected 2 digits, 01 not 1: a spreadsheet drops zeros" in refused.output
    assert refused.output.count("a spreadsheet drops zeros") == 3  # 01, 04, 08
    assert kept("complaints responsible", tmp_path) == lines


@pytest.mark.rule("F3", "W3")
@pytest.mark.parametrize("code", ["080", "thu-so-the", "1", "99"])
def test_an_unknown_province_is_no_slip_of_the_pen_unless_the_operator_says_that_it_is_new(
    tmp_path: Path, code: str
) -> None:
    lines = kept("complaints responsible", tmp_path)
    more = f"province,{code},BHXH tỉnh Mới,Giám đốc,,giam-doc@vss.gov.vn,,\n"
    file = written(tmp_path, lines.splitlines()[0] + "\n" + more)
    refused = vss("complaints", "responsible", "import", file, "--dry-run")
    assert (refused.exit_code, "line 2: code:" in refused.output) == (2, True)
    taken = vss("complaints", "responsible", "import", file, "--new-provinces")
    assert taken.exit_code == (0 if code == "99" else 2), taken.output


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("complaints duty", "province_code,name,phone\n1,Trực ban,0983847986\n", "line 2: province_code: expected 2 digits, 01 not 1"),
        ("complaints duty", "province_code,name,phone\n99,Trực ban,0983847986\n", "line 2: province_code: unknown province 99"),
        ("complaints duty", "province_code,name,phone\n01,Trực ban,983847986\n", "line 2: phone: begins without its 0"),
        ("complaints duty", "province_code,name,phone\n01,Trực ban,9.83848E+08\n", "line 2: phone: 9.83848E+08 is a spreadsheet's power"),
        ("complaints offices", "code,name,province_code\n105,Phúc Thọ,01\n", "line 2: code: 105 is probably 0105"),
        ("complaints offices", "code,name,province_code\n0105,Phúc Thọ,1\n", "line 2: province_code: expected 2 digits, 01 not 1"),
        ("holidays", "day,kind,why\n03/05/2027,off,Nghỉ bù\n", "line 2: day: expected a date such as 2026-01-31: a spreadsheet turned it"),
        ("holidays", "day,kind,why\n46510,off,Nghỉ bù\n", "was it 2027-05-03?"),
        ("holidays", "day,kind,why\n2027-05-03,off,=A1\n", "line 2: why: a formula"),
        ("complaints responsible", "kind,code,office,title,name,email,phone,example\nprovince,01,HN,GĐ,,a@vss.gov.vn,243936555,\n", "line 2: phone: begins"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_did_is_told_by_line_and_column(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    before = kept(name, tmp_path)
    refused = vss(*name.split(), "import", written(tmp_path, text))
    assert (refused.exit_code, sentence in refused.output) == (2, True), refused.output
    said = json.loads(vss(*name.split(), "import", written(tmp_path, text), "--json").output)
    assert any(sentence in fault for fault in said["faults"])
    assert kept(name, tmp_path) == before


def test_a_dry_run_of_each_list_shows_the_old_and_the_new_cell(tmp_path: Path) -> None:
    def would(name: str, old: str, new: str, *options: str) -> str:
        file = written(tmp_path, kept(name, tmp_path).replace(old, new))
        done = vss(*name.split(), "import", file, "--dry-run", *options)
        assert done.exit_code == 0, done.output
        return done.output

    said = would("complaints responsible", "giam-doc.04@bhxh.example", "an@vss.gov.vn")
    assert "~ province 04: email: giam-doc.04@bhxh.example -> an@vss.gov.vn" in said
    assert "~ 2026-01-10: kind: work -> off" in would("holidays", "2026-01-10,work", "2026-01-10,off")
    assert "~ 04: name: BHXH tỉnh Cao Bằng -> BHXH Cao Bằng" in would("complaints offices", "BHXH tỉnh Cao", "BHXH Cao")
    line = would("complaints categories", "bi-tu-choi,", "bi-tu-choi-2,", "--reason", "Thử")
    assert "+ bi-tu-choi-2: code bi-tu-choi-2" in line
    file = written(tmp_path, "province_code,name,phone\n01,Trực ban,0983847986\n")
    assert "+ 01 +84983847986:" in vss("complaints", "duty", "import", file).output
    file = written(tmp_path, "province_code;name;phone\n*;Trực ban;0983847986\n")
    said = json.loads(vss("complaints", "duty", "import", file, "--dry-run", "--json").output)
    assert [(each["change"], each["key"]) for each in said["differences"]] == [
        ("removed", "01 +84983847986"),
        ("added", "* +84983847986"),
    ]
    assert said["mended"] == ["cells are separated by semicolons, not by commas"]


@pytest.mark.rule("W3")
def test_offices_are_listed_in_vietnamese_order_under_their_names_of_today(lite: Desk) -> None:
    found = [each["name"] for each in lite.call("GET", "/offices").json["items"]]
    assert found[:4] == ["BHXH tỉnh An Giang", "BHXH Thành phố Bắc Ninh", "BHXH tỉnh Cà Mau", "BHXH tỉnh Cao Bằng"]
    assert {"BHXH Thành phố Đồng Nai", "BHXH Thành phố Quảng Ninh"} <= set(found)
    with lite.db.read() as session:
        director = responsible.of_province(session, "75")
    assert director is not None
    assert director.formal_name == "Giám đốc BHXH Thành phố Đồng Nai"

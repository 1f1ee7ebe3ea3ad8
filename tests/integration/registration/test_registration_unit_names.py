"""Provinces and wards have dated names: what a resolution renamed is shown by its name of the day, without a release (W3)."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from services.chassis.database import Database
from services.registration import cli
from services.registration.declarations.rules import Declaration
from services.registration.lookup import offices, unit_names
from services.registration.service import Registration
from tests.integration.registration.desk import FORM

SUBJECT = {"full_name": "Nguyễn Thành Biên", "id_type": "cccd", "id_number": "111349876090"}
HEAD = "map,code,valid_from,valid_until,name,state,source\n"
CITIES = {"22": "Thành phố Quảng Ninh", "24": "Thành phố Bắc Ninh", "75": "Thành phố Đồng Nai"}


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    made.migrate(Registration.migrations)
    yield made
    made.dispose()


@pytest.fixture
def vss(database_url, monkeypatch):
    monkeypatch.setenv("REGISTRATION_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "300")
    return lambda *words: CliRunner().invoke(cli.units_app, [str(word) for word in words])


def put(database, *lines, **options):
    with database.write() as session:
        return unit_names.put(session, unit_names.read_csv(io.StringIO(HEAD + "\n".join(lines))), **options)


def names(database, day, map_="2025"):
    with database.read() as session:
        return unit_names.names_on(session, map_, day)


def kept(desk, dossier_no):
    with desk.db.read() as session:
        contact = session.scalar(sa.select(Declaration.contact).where(Declaration.dossier_no == dossier_no))
    return contact["address"]["province_name"]


def provinces(desk):
    return {each["code"]: each["name"] for each in desk.client.get("/registration/units").json["items"]}


@pytest.mark.rule("W3")
def test_what_became_a_city_in_2026_is_one_from_its_day_on_and_says_what_that_rests_on(database):
    assert names(database, date(2026, 4, 29)) == {}
    assert names(database, date(2026, 4, 30)) == {"75": CITIES["75"]}
    assert names(database, date(2026, 9, 1)).keys() == {"22", "75"}
    assert names(database, date(2026, 9, 20)) == CITIES
    assert names(database, date(2026, 9, 20), "before-2025-07") == {}, "the map before July 2025 is what it was"
    with database.read() as session:
        shipped = unit_names.list_all(session)
    assert {each.state for each in shipped} == {"reported"}, "nobody of ours has read the gazette"
    assert all("/2026/QH16" in each.source and "github.com" in each.source for each in shipped)


@pytest.mark.rule("W3", "I10")
def test_units_are_listed_by_their_names_of_today_in_vietnamese_order(lite):
    found = provinces(lite)
    assert {code: found[code] for code in CITIES} == CITIES
    assert list(found.values())[:3] == ["Tỉnh An Giang", "Thành phố Bắc Ninh", "Tỉnh Cà Mau"]
    before = {each["code"]: each["name"] for each in lite.client.get("/registration/units?map=before-2025-07").json["items"]}
    assert (before["24"], before["27"], before["75"]) == ("Tỉnh Bắc Giang", "Tỉnh Bắc Ninh", "Tỉnh Đồng Nai")


@pytest.mark.rule("W3", "I10")
def test_a_form_has_the_names_of_its_day_and_keeps_them(lite):
    address = {"map": "2025", "province_code": "75", "district_code": None, "ward_code": "26041", "text": "Tổ 5"}
    contact = {"phone": "0983847986", "address": address}
    dossier = lite.submitted(FORM, contact=contact)
    told = lite.facts("declaration_submitted")[-1].body["contact"]["address"]
    assert told["province_name"] == "Thành phố Đồng Nai"
    put(
        lite.db,
        "2025,75,2026-04-30,2026-10-31,Thành phố Đồng Nai,gazette,x",
        "2025,75,2026-11-01,,Thành phố Biên Hòa,gazette,x",
    )
    assert provinces(lite)["75"] == "Thành phố Biên Hòa"
    assert kept(lite, dossier.no) == "Thành phố Đồng Nai"
    other = lite.submitted(FORM, contact=contact, subject={**SUBJECT, "bhxh_code": "0113099842"})
    assert kept(lite, other.no) == "Thành phố Biên Hòa"


@pytest.mark.rule("W3", "I10")
def test_a_ward_and_a_district_may_have_another_rank_from_a_day_on(lite):
    put(
        lite.db,
        "2025,00004,2026-11-01,,Đặc khu Ba Đình,gazette,x",
        "before-2025-07,272,2026-11-01,,Thị xã Phúc Thọ,gazette,x",
    )
    wards = {each["code"]: each["name"] for each in lite.client.get("/registration/units?parent=01").json["items"]}
    assert wards["00004"] == "Đặc khu Ba Đình"
    lite.submitted()
    told = lite.facts("declaration_submitted")[-1].body["contact"]["address"]
    assert (told["district_name"], told["ward_name"]) == ("Thị xã Phúc Thọ", "Xã Phúc Hòa")


@pytest.mark.rule("W3")
def test_offices_are_called_after_their_province_and_one_that_an_operator_named_keeps_its_name(database):
    with database.read() as session:
        assert {each.code: each.name for each in offices.every(session) if each.code in CITIES} == {
            code: f"BHXH {name}" for code, name in CITIES.items()
        }
        assert [each.code for each in offices.search(session)][:2] == ["91", "24"]


@pytest.mark.rule("W3")
def test_an_operator_gives_a_unit_another_name_without_a_release_and_sees_the_difference_first(vss, database, tmp_path):
    file = tmp_path / "names.csv"
    assert vss("export", file).exit_code == 0
    listed = file.read_text(encoding="utf-8-sig")
    file.write_text(
        listed.replace("2025,22,2026-09-01,,Thành phố Quảng Ninh,reported", "2025,22,2026-09-01,,Thành phố Quảng Ninh,gazette")
        + "2025,01,2027-01-01,,Thành phố Thăng Long,reported,Thử\r\n",
        encoding="utf-8",
    )  # fmt: skip
    would = vss("import", file, "--dry-run")
    assert "~ 2025 22 2026-09-01: state: reported -> gazette" in would.output, would.output
    assert "+ 2025 01 2027-01-01: map 2025, code 01" in would.output
    assert "01" not in names(database, date(2027, 1, 1))
    said = json.loads(vss("import", file, "--json").output)
    assert (said["added"], said["changed"], said["removed"]) == (1, 1, 0)
    assert "Thăng Long" in vss("list", "--on", "2027-01-01").output
    assert "Thăng Long" not in vss("list", "--on", "2026-12-31").output
    file.write_text(listed, encoding="utf-8")
    assert "- 2025 01 2027-01-01" in vss("import", file, "--remove-others").output
    assert names(database, date(2027, 1, 1)) == CITIES


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2025,1,2026-01-01,,Tỉnh X,gazette,x", "line 2: code: no unit of that map has it; 01?"),
        ("2025,99,2026-01-01,,Tỉnh X,gazette,x", "line 2: code: no unit of that map has it"),
        ("2024,01,2026-01-01,,Tỉnh X,gazette,x", "line 2: map: expected 2025 or before-2025-07"),
        ("2025,01,01/05/2026,,Tỉnh X,gazette,x", "line 2: valid_from: expected a date such as 2026-01-31: a spreadsheet turned it"),
        ("2025,01,2026-05-01,2026-04-30,Tỉnh X,gazette,x", "line 2: valid_until: lies before valid_from"),
        ("2025,01,2026-05-01,,Hà Nội,gazette,x", "line 2: name: expected the rank first"),
        ("2025,01,2026-05-01,,Tỉnh X,true,x", "line 2: state: expected gazette"),
        ("2025,01,2026-05-01,,Tỉnh X,gazette,", "line 2: source: expected the resolution"),
        ("2025,75,2026-06-01,,Tỉnh Đồng Nai,gazette,x", "line 2: valid_from: 75 already has the name Thành phố Đồng Nai on 2026-06-01"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_by_line_and_column(vss, tmp_path, line, sentence):
    file = tmp_path / "names.csv"
    file.write_text(HEAD + line + "\n", encoding="utf-8")
    refused = vss("import", file)
    assert (refused.exit_code, sentence in refused.output) == (2, True), refused.output

"""Receiving offices in the service's database, and the command that imports them."""

import io
import json

import pytest
from typer.testing import CliRunner

from services.chassis.database import Database
from services.registration import cli
from services.registration.lookup import office_list, offices, units
from services.registration.service import Registration

LOCAL = 'code,name,province_code,address,phone\n0105,BHXH cơ sở Phúc Thọ,01,"Thị trấn Phúc Thọ, Hà Nội",024.33640000\n'


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    made.migrate(Registration.migrations)
    yield made
    made.dispose()


def listed(database, **filters):
    with database.read() as session:
        return offices.search(session, **filters)


@pytest.mark.rule("I1")
def test_a_new_database_knows_the_provincial_offices_of_today_and_the_guides(database):
    found = [office for office in listed(database) if not office.is_customer_care]
    assert len(found) == 34
    assert {o.province_code for o in found} == {p.code for p in units.children("2025")}
    hanoi = next(office for office in found if office.code == "01")
    assert hanoi.as_dict() == {
        "code": "01",
        "name": "BHXH Thành phố Hà Nội",
        "province_code": "01",
        "address": "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
        "phone": "024.37236555",
    }


def test_offices_are_sorted_as_vietnamese_by_the_name_of_their_place(database):
    names = [o.name for o in listed(database)]
    assert names[:6] == [
        "BHXH tỉnh An Giang", "BHXH Thành phố Bắc Ninh", "BHXH tỉnh Cà Mau", "BHXH tỉnh Cao Bằng", "BHXH Thành phố Cần Thơ",
        "BHXH Thành phố Đà Nẵng",
    ]  # fmt: skip


@pytest.mark.rule("I1")
@pytest.mark.parametrize("q", ["hà đông", "ha dong", "HA NOI to hieu", "01 noi", "Hà Đông"])
def test_an_office_is_found_by_any_words_with_or_without_marks(database, q):
    assert [o.code for o in listed(database, q=q)] == ["01"]


@pytest.mark.rule("I1")
def test_offices_are_listed_by_province(database):
    with database.write() as session:
        office_list.store(session, office_list.read(io.StringIO(LOCAL)))
    assert {o.code for o in listed(database, province="01")} == {"01", "0105"}
    assert [o.code for o in listed(database, province="01", q="phuc tho")] == ["0105"]
    assert listed(database, province="xx") == []
    assert listed(database, q="%") == []


def test_importing_twice_changes_nothing_and_a_closed_office_is_found_no_more(database):
    one = office_list.read(io.StringIO(LOCAL))
    with database.write() as session:
        assert office_list.store(session, one) == {"added": ["0105"], "changed": [], "closed": []}
        assert office_list.store(session, one) == {"added": [], "changed": [], "closed": []}
        assert len(office_list.store(session, one, close_others=True)["closed"]) == 35
    assert [o.code for o in listed(database)] == ["0105"]
    with database.write() as session:
        changed = office_list.read(io.StringIO(LOCAL.replace("33640000", "33649999")))
        assert office_list.store(session, changed) == {"added": [], "changed": ["0105"], "closed": []}
    assert [o.phone for o in listed(database)] == ["024.33649999"]


def test_an_imported_list_survives_the_next_start(database):
    with database.write() as session:
        office_list.store(session, office_list.read(io.StringIO(LOCAL)), close_others=True)
    database.migrate(Registration.migrations)
    assert [o.code for o in listed(database)] == ["0105"]


@pytest.mark.rule("V11")
def test_a_new_database_knows_the_customer_care_centre_as_an_office_of_no_province(database):
    (centre,) = listed(database, q="cham soc khach hang")
    assert (centre.code, centre.name) == ("CSKH", "Trung tâm Dịch vụ hỗ trợ, chăm sóc khách hàng")
    assert centre.is_customer_care
    assert [office.code for office in listed(database, province="00")] == ["CSKH"]


@pytest.fixture
def vss(database_url, monkeypatch):
    monkeypatch.setenv("REGISTRATION_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "300")
    runner = CliRunner()
    return lambda *words: runner.invoke(cli.app, [str(word) for word in words])


def test_the_command_imports_a_file_and_lists_it(vss, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("\ufeff" + LOCAL, encoding="utf-8")  # as Excel writes it
    would = vss("import", file, "--dry-run")
    assert "1 lines read (dry run): 1 added" in would.output, would.output
    assert "Phúc Thọ" not in vss("list", "phuc tho").output
    done = vss("import", file)
    assert done.exit_code == 0, done.output
    assert "1 added, 0 changed, 0 closed" in done.output
    assert "BHXH cơ sở Phúc Thọ" in vss("list", "phuc tho", "--province", "01").output


def test_a_script_reads_which_offices_an_import_touched_as_json(vss, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(LOCAL + "04,BHXH tỉnh Cao Bằng,04,,0206.1234567\n", encoding="utf-8")
    said = json.loads(vss("import", file, "--json", "--dry-run").output)
    assert {name: said[name] for name in ("lines", "dry_run", "added", "changed", "closed", "mended")} == {
        "lines": 2, "dry_run": True, "added": ["0105"], "changed": ["04"], "closed": [], "mended": [],
    }  # fmt: skip
    added, changed = sorted(said["differences"], key=lambda each: each["key"])
    assert (added["change"], added["key"]) == ("added", "0105")
    assert changed == {"change": "changed", "key": "04", "column": "phone", "old": "", "new": "0206.1234567"}
    file.write_text(LOCAL + "04,,04,,\n", encoding="utf-8")
    refused = vss("import", file, "--json")
    assert (refused.exit_code, json.loads(refused.output)["faults"]) == (2, ["line 3: name: missing"])


def test_what_is_exported_can_be_imported_again_and_changes_nothing(vss, tmp_path):
    file = tmp_path / "list.csv"
    assert vss("export", file).exit_code == 0
    said = json.loads(vss("import", file, "--json", "--close-others").output)
    assert (said["lines"], said["added"], said["changed"], said["closed"], said["differences"]) == (35, [], [], [], [])


def test_a_bad_file_is_refused_whole_and_every_fault_named_by_its_line(vss, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        LOCAL + "x,Một,01,,\n0106,Hai,272,,\n0107,,01,,\n0108,Bốn,01,,gọi chị Hoa\n0105,Năm,01,,\n", encoding="utf-8"
    )
    refused = vss("import", file)
    assert refused.exit_code == 2
    for line in (3, 4, 5, 6, 7):
        assert f"line {line}:" in refused.output
    assert "Phúc Thọ" not in vss("list", "phuc tho").output
    file.write_text("name;code\n", encoding="utf-8")
    assert "missing columns" in vss("import", file).output
    file.write_bytes(LOCAL.encode("cp1258", "replace"))
    assert vss("import", file).exit_code == 2


def test_a_dry_run_shows_old_and_new_and_what_was_mended(vss, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(LOCAL.replace(",", "\t").replace("\tHà", ",Hà").encode("utf-16"))  # Excel's "Unicode Text"
    assert vss("import", file).exit_code == 0
    file.write_text("sep=;\n" + LOCAL.replace(",", ";").replace("33640000", "33649999"), encoding="utf-8")
    would = vss("import", file, "--dry-run")
    assert "~ 0105: phone: 024.33640000 -> 024.33649999" in would.output, would.output
    assert "Mended: cells are separated by semicolons, not by commas" in would.output
    closing = vss("import", file, "--close-others", "--dry-run")
    assert "- 01: code 01, name BHXH Thành phố Hà Nội" in closing.output
    assert "024.33640000" in vss("list", "phuc tho").output


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("105,BHXH cơ sở Phúc Thọ,01,,", "line 2: code: 105 is probably 0105"),
        ("105,BHXH cơ sở Phúc Thọ,10,,", "line 2: province_code: unknown province"),
        ("0105,BHXH cơ sở Phúc Thọ,1,,", "line 2: province_code: expected 2 digits, 01 not 1"),
        ("0105,BHXH cơ sở Phúc Thọ,01,,243936555", "line 2: phone: begins without its 0"),
        ("0105,BHXH cơ sở Phúc Thọ,01,,2.44E+08", "line 2: phone: 2.44E+08 is a spreadsheet's power of ten"),
        ("5-Jan,BHXH cơ sở Phúc Thọ,01,,", "line 2: code: expected 2 to 10 digits"),
        ("0105,B?XH cơ sở Ph?c Thọ,01,,", "line 2: name: letters were lost"),
        ("604,BHXH cơ sở Ba Bể,19,,", "line 2: code: 604 is 0604 without its zero"),
    ],
)
def test_what_a_spreadsheet_did_to_the_list_is_refused_by_line_and_column(vss, database, tmp_path, line, sentence):
    with database.write() as session:
        office_list.store(session, office_list.read(io.StringIO("code,name,province_code,address,phone\n0604,Ba Bể,19,,\n")))
    file = tmp_path / "list.csv"
    file.write_text(f"code,name,province_code,address,phone\n{line}\n", encoding="utf-8")
    refused = vss("import", file)
    assert (refused.exit_code, sentence in refused.output) == (2, True), refused.output
    assert [office.code for office in listed(database, province="19")] == ["0604", "19"]

"""What people type into Form 01, quote and scan (W2), over HTTP."""

import unicodedata
from types import SimpleNamespace

import pytest

from tests.integration.registration.desk import CHILD, LAN, PARENT

pytestmark = pytest.mark.rule("W2")

_GUARDIAN = "citizen:019aa5b5-c0de-7000-a000-000000000001"


def _subject(lite, dossier):
    return lite.row(dossier).subject


@pytest.mark.rule("I1")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "name", ["Y Bhiô\u0306 Ê\u0306ban", "H'Lư\u0306 Niê", "Y Bhiô\u0306", "K'Brơ\u0306s Ƀlăk", "Hồ Xơ\u0306ng"]
)
def test_whoever_has_letters_of_a_base_and_a_mark_can_file(lite, name, form):
    dossier = lite.submitted(subject={"full_name": unicodedata.normalize(form, name)})
    assert _subject(lite, dossier)["full_name"] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("H\u2019Hen Niê", "H'Hen Niê"),
        ("H\u2018Hen Niê", "H'Hen Niê"),
        ("K\ua78cBrăm", "K'Brăm"),
        ("Y\u2013Bhăm Niê", "Y-Bhăm Niê"),
        ("Y\u2011Bhăm E\u0306\u0302ban", "Y-Bhăm Ê\u0306ban"),
        ("\u200eNguyễn\u00adVăn\u202f\u0110ức\u200f", "NguyễnVăn Đức"),
    ],
)
def test_a_name_is_stored_as_it_looks(lite, typed, name):
    assert _subject(lite, lite.submitted(subject={"full_name": typed}))["full_name"] == name


@pytest.mark.parametrize("typed", ["Lê Thị\u200b Lan", "LÊ THI\u0323 LAN", "\u201cLê Thị Lan\u201d"])
def test_a_guardian_may_repeat_the_own_name_however_it_is_typed(lite, typed):
    guardian = {
        "relationship": "mother",
        "full_name": typed,
        "phone": "\u202d0912 345 678\u202c",
        "email": "lan@example.com\u200b",
    }
    answer = lite.post(CHILD, token=_GUARDIAN, guardian=guardian)
    assert answer.status_code == 201, answer.text


def test_a_guardian_whose_account_was_typed_on_an_iphone_may_repeat_the_name(lite):
    lite.hear(
        "account_activated", account_id="019aa5b5-c0de-7000-a000-000000000002", **LAN | {"full_name": "H\u2019Hen Niê"}
    )
    guardian = {"relationship": "mother", "full_name": "H'Hen Niê"}
    answer = lite.client.post(
        "/registration/declarations",
        json=CHILD | {"guardian": guardian},
        headers={"Authorization": "Bearer citizen:019aa5b5-c0de-7000-a000-000000000002"},
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "quoted",
    [
        lambda no: no.replace("-", ""),
        lambda no: no.replace("-", "\u2013"),
        lambda no: no.replace("-", " "),
        lambda no: f"\u200b{no}\u202c",
        lambda no: f"{no}.",
        lambda no: "".join(chr(ord(sign) + 0xFEE0) for sign in no),
    ],
    ids=["no hyphens", "dashes", "spaces", "unseen", "full stop", "full-width"],
)
def test_a_dossier_is_found_by_its_number_however_it_is_quoted(lite, quoted):
    dossier = lite.submitted()
    answer = lite.ask("GET", SimpleNamespace(no=quoted(dossier.no), code=dossier.code))
    assert (answer.status_code, answer.json.get("dossier_no")) == (200, dossier.no)


@pytest.mark.parametrize(
    "retyped",
    [
        lambda code: f"{code[:4]} {code[4:]}",
        lambda code: f"{code[:4]}\u200b{code[4:]}\ufeff",
        lambda code: f"{code[:4]}\u2011{code[4:]}".lower(),
        lambda code: f"{code[:4]}\u00a0{code[4:]}",
        lambda code: f'"{code}",',
    ],
    ids=["space", "unseen", "hyphen", "no-break", "quoted"],
)
def test_a_tracking_code_opens_its_dossier_however_it_is_retyped(lite, retyped):
    dossier = lite.submitted()
    code = retyped(dossier.code).encode().decode("latin-1")  # as a client sends UTF-8
    assert lite.ask("GET", dossier, code=code).status_code == 200
    assert lite.ask("GET", dossier, code=f"{code}x").status_code == 404


def test_a_letter_is_no_digit_and_a_space_in_an_address_is_not_dropped(lite):
    for changes in ({"bhxh_code": "O113099841"}, {"bhxh_code": "0l13099841"}):
        assert lite.post(subject=changes).status_code == 422
    answer = lite.post(contact={"email": "nguyen van@example.com"})
    assert answer.json["errors"][0]["field"] == "contact.email"


@pytest.mark.rule("I7")
@pytest.mark.parametrize("born", ["1945", "", "00001945", "1945-00-00"])
def test_one_odd_field_does_not_make_a_cccd_a_health_card(lite, born):
    text = f"001045012345||LÊ THỊ A|{born}|Nữ|Hà Nội|01072021"
    found = lite.client.post("/registration/scans", json={"text": text}).json
    assert (found["source"], found["full_name"], found["sex"], found["address"]) == ("cccd", "LÊ THỊ A", "female", "Hà Nội")
    assert found["date_of_birth"] is None


def test_offices_are_found_by_words_however_they_are_typed(lite):
    plain = lite.client.get("/registration/offices", query_string={"q": "ha noi"}).json["items"]
    assert plain
    for typed in ("Ha\u0300 No\u0323\u0302i", "\u200bha\u00a0noi", "\uff28\uff21 \uff2e\uff2f\uff29"):
        assert lite.client.get("/registration/offices", query_string={"q": typed}).json["items"] == plain
    assert lite.client.get("/registration/offices", query_string={"province": "\uff10\uff11\u200b"}).json["items"]


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    ("id_type", "typed", "number"),
    [
        ("cccd", "111349\u200b876090", "111349876090"),
        ("cccd", "\u202d111349876090\u202c", "111349876090"),
        ("cccd", "\ufeff111 349 876 090", "111349876090"),
        ("cmnd", "012\u2011345\u2013678\u200b", "012345678"),
        ("passport", "\u202dC1234567\u202c", "C1234567"),
        ("passport", "c 123\u200b4567\ufeff", "C1234567"),
        # the same kind
        ("cccd", "'111.349.876.090", "111349876090"),
        ("passport", "\uff23\uff11\uff12\uff13\uff14\uff15\uff16\uff17\r\n", "C1234567"),
    ],
)
def test_the_number_of_an_id_is_taken_however_it_is_pasted(lite, id_type, typed, number):
    changes = {"id_type": id_type, "id_number": typed, "personal_id": "\u202d111 349\u200b 876090\u202c"}
    kept = _subject(lite, lite.submitted(subject=changes))
    assert (kept["id_number"], kept["personal_id"]) == (number, "111349876090")


@pytest.mark.parametrize(
    "typed", ["\u200eThôn\u00ad 4 Thụ Trai", "Thôn\u202f4\u00a0Thụ Trai\u200f", "Thôn 4\u2028Thụ Trai\ufeff"]
)
def test_lines_of_an_address_lose_what_cannot_be_seen(lite, typed):
    dossier = lite.submitted(contact={"address": {"text": typed}, "person": f"Ông\u200e {typed}"})
    row = lite.row(dossier)
    assert (row.contact["address"]["text"], row.particulars["person"]) == ("Thôn 4 Thụ Trai", "Ông Thôn 4 Thụ Trai")


@pytest.mark.parametrize("born", ["1945", "1945-00-00", "01/01/1945"])
def test_of_a_date_that_is_none_the_field_is_named_and_no_date_at_all_is_taken(lite, born):
    answer = lite.post(subject={"date_of_birth": born})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "subject.date_of_birth")
    assert lite.submit(lite.create(subject={"date_of_birth": None})).status_code == 202


@pytest.mark.rule("V3")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Y Bhiô\u0306 Ê\u0306ban", "H'Lư\u0306 Niê"])
def test_officers_and_guardians_can_type_such_names_too(lite, name, form):
    written = unicodedata.normalize(form, name)
    young = {"id_type": None, "id_number": None, "date_of_birth": "2019-03-01", "full_name": written}
    counter = {"route": "counter", "channel": "office", "parent": PARENT | {"full_name": written}}
    dossier = lite.submitted(subject=young, token="officer:o", **counter)
    assert (_subject(lite, dossier)["full_name"], lite.row(dossier).parent["full_name"]) == (name, name)
    account = "019aa5b5-c0de-7000-a000-000000000002"
    lite.hear("account_activated", account_id=account, **LAN | {"full_name": name})
    guardian = {"relationship": "mother", "full_name": written}
    answer = lite.post(CHILD, token=f"citizen:{account}", guardian=guardian, subject={"full_name": written})
    assert answer.status_code == 201, answer.text

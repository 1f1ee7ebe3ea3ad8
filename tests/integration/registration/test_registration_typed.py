"""What people type into Form 01, quote and scan (W2), over HTTP."""

import unicodedata
from types import SimpleNamespace

import pytest

from tests.integration.registration.desk import CHILD, LAN

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

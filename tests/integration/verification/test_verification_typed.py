"""What officers type, and names that only look alike (W2, V7)."""

import unicodedata
from typing import Any

import pytest

from services.verification.directory.port import Answer
from tests.integration.verification.desk import BORN, CODE, GUARDIAN, NO, Desk, dossier_no

pytestmark = pytest.mark.rule("W2")


def _hgd_says(quick: Desk, name: str) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name=name, birth=BORN)


@pytest.mark.rule("V7")
@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("H\u2019Hen Niê", "H'Hen Niê"),
        ("H'Hen Niê", "H\ua78cHen Niê"),
        ("Y Bhiô\u0306 Ê\u0306ban", "Y BHIO\u0306\u0302 E\u0306\u0302BAN"),
        ("Y\u2011Bhăm", "Y\u2212Bhăm"),
        ("Nguyễn Văn Đức", "NGUYỄN\u00a0VĂN \u00d0ỨC\u200b"),
    ],
)
def test_names_that_look_alike_are_approved(quick: Desk, typed: str, known: str) -> None:
    _hgd_says(quick, known)
    quick.submit(subject={"full_name": typed})
    quick.complete()
    assert quick.decide().status_code in (200, 202)
    quick.look_up()
    assert quick.case()["status"] == "approved"


@pytest.mark.rule("V7")
@pytest.mark.parametrize(
    "corrected", ["H\u2019Hen Niê", "H\u02bcHen\u00a0Niê", "\u201cH'Hen Niê\u201d", "H\u200b\u2018Hen Nie\u0302"]
)
def test_a_correction_is_folded_like_the_form_and_approved(quick: Desk, corrected: str) -> None:
    _hgd_says(quick, "H'Hen Niê")
    quick.submit(subject={"full_name": "Hen Niê Kđăm"})
    answer = quick.ask("POST", f"/{NO}/correction", json={"full_name": corrected})
    assert answer.status_code == 200, answer.text
    assert quick.case()["subject"]["full_name"] == "H'Hen Niê"
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "approved"


@pytest.mark.rule("V2")
@pytest.mark.parametrize(
    "quoted",
    [NO.replace("-", ""), NO.replace("-", "\u2013"), f"\u200b{NO} ", f"{NO}."],
    ids=["plain", "dashes", "unseen", "stop"],
)
def test_a_case_is_found_by_its_number_however_it_is_quoted(quick: Desk, quoted: str) -> None:
    quick.submit()
    assert quick.ask("GET", "", query_string={"dossier_no": quoted}).json["items"][0]["dossier_no"] == NO
    answer = quick.ask("GET", f"/{quoted}")
    assert (answer.status_code, answer.json.get("dossier_no")) == (200, NO)


@pytest.mark.rule("V1")
@pytest.mark.parametrize("typed", ["0113 099 841", "0113\u00a0099\u2011841", "\u202d0113099841\u202c"])
def test_a_code_in_a_header_is_found_however_it_is_typed(quick: Desk, typed: str) -> None:
    quick.submit()
    for sent in {typed.encode().decode("latin-1"), typed.replace("\u2011", "-").replace("\u202d", "").replace("\u202c", "")}:
        answer = quick.ask("GET", "", headers={"X-Bhxh-Code": sent})
        assert [case["dossier_no"] for case in answer.json["items"]] == [NO], answer.text


@pytest.mark.rule("I12")
@pytest.mark.parametrize("typed", ["EE 123 456 789 VN", "EE\u00a0123456789\u200bVN", "\u201cEE123456789VN\u201d,"])
def test_a_consignment_number_is_kept_in_one_form(quick: Desk, typed: str) -> None:
    quick.submit(filing="post")
    letter = {"posted_on": quick.case()["submitted_at"][:10], "consignment_no": typed}
    answer = quick.ask("POST", f"/{NO}/letter", json=letter)
    assert answer.status_code == 200, answer.text
    assert quick.case()["letter"]["consignment_no"] == "EE123456789VN"


@pytest.mark.rule("V7")
@pytest.mark.parametrize("sign", list("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032\u0060\u00b4\ua78c\uff07"), ids=ascii)
def test_hgd_may_write_any_apostrophe(quick: Desk, sign: str) -> None:
    """Row 3 of inputs.md: eight of these were another person's name."""
    _hgd_says(quick, f"H{sign}HEN NIÊ")
    quick.submit(subject={"full_name": "H'Hen Niê"})
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "approved"


@pytest.mark.rule("V7")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Y Bhiô\u0306 Ê\u0306ban", "H'Lư\u0306 Niê"])
def test_an_officer_can_correct_a_name_to_letters_of_a_base_and_a_mark(quick: Desk, name: str, form: Any) -> None:
    _hgd_says(quick, name.upper())
    quick.submit(subject={"full_name": "Y Bhio Eban"})
    answer = quick.ask("POST", f"/{NO}/correction", json={"full_name": unicodedata.normalize(form, name)})
    assert answer.status_code == 200, answer.text
    quick.complete()
    quick.decide()
    quick.look_up()
    assert (quick.case()["status"], quick.case()["subject"]["full_name"]) == ("approved", name)


@pytest.mark.rule("V7")
@pytest.mark.parametrize("known", ["H' Hen Niê", "HHen Niê", "H'Hen Niê.", "H-Hen Niê", "H Hen Niê", "H'HenNiê"])
def test_a_sign_or_space_that_is_missing_is_for_the_officer_to_judge(quick: Desk, known: str) -> None:
    _hgd_says(quick, known)
    quick.submit(subject={"full_name": "H\u2019Hen Niê"})
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.case()["hgd"]["outcome"] == "near"


@pytest.mark.rule("V9")
@pytest.mark.parametrize(
    ("form", "account"),
    [
        ("H'Hen Niê", "H\u2019Hen Niê"),
        ("H\u02bcHen Niê", "H'Hen Niê"),
        ("Y Bhiô\u0306 Ê\u0306ban", "Y Bhio\u0306\u0302 E\u0306\u0302ban"),
        ("Y-Bhăm Niê", "Y\u2011Bhăm\u00a0Niê"),
    ],
)
def test_a_guardian_is_compared_as_the_names_look(quick: Desk, form: str, account: str) -> None:
    quick.submit(NO, subject={"full_name": account})
    quick.account(str(GUARDIAN["account_id"]), NO)
    quick.submit_child(of_child := dossier_no(2), guardian=GUARDIAN | {"full_name": form})
    assert quick.case(of_child)["guardian_check"]["warnings"] == []

"""What was corrected after signing needs a new form and a new signature (V3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.chassis import clock
from services.verification.directory.port import Answer
from tests.integration.verification.desk import CHILD, CODE, NO, Desk, attachment, dossier_no


def corrects(desk: Desk, **fields: Any) -> Any:
    return desk.ask("POST", f"/{NO}/correction", json=fields)


@pytest.mark.rule("V3")
def test_a_correction_before_the_decision_voids_the_signed_form_and_is_told_with_all_that_the_form_says(
    bureau: Desk,
) -> None:
    bureau.submit()
    bureau.complete()
    bureau.add(NO, "form_pdf")
    assert bureau.case()["missing"] == []
    answer = corrects(
        bureau,
        full_name="Nguyễn Thành  Biển",
        date_of_birth="1987-06-19",
        phone="0912 345 678",
        email=None,
        address_text="Số 5",
    )
    assert (answer.status_code, answer.json["missing"]) == (200, ["signed_form"])
    case = bureau.case()
    assert case["subject"]["full_name"] == "Nguyễn Thành Biển"
    assert (case["contact"]["phone"], case["contact"]["email"]) == ("+84912345678", None)
    assert case["contact"]["address"]["text"] == "Số 5"
    assert case["contact"]["address"]["ward_code"] == "09763", "what is not corrected stays"
    assert not {"signed_form", "form_pdf"} & {each["kind"] for each in case["attachments"]}

    (told,) = bureau.told("declaration_corrected")
    assert told["_public"] == "", "a person's data are no other agency's"
    assert told["subject"]["date_of_birth"] == "1987-06-19"
    assert told["subject"]["bhxh_code"] == CODE
    assert told["contact"]["phone"] == "+84912345678"
    entry = next(each for each in bureau.history() if each.action == "corrected")
    assert set(entry.details["fields"]) == {"full_name", "date_of_birth", "phone", "email", "address_text"}
    assert "Biển" not in str(entry.details)

    refused = bureau.decide()
    assert (refused.status_code, refused.json["missing"]) == (409, ["signed_form"])
    assert bureau.put("signed_form", who="approver:lan:79").json["missing"] == []
    assert bureau.decide().status_code == 202


@pytest.mark.rule("V3")
def test_the_form_and_the_signature_of_before_a_correction_are_not_taken_any_more(bureau: Desk) -> None:
    bureau.submit()
    before = clock.now()
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    corrects(bureau, full_name="Nguyễn Thành Biển")
    corrected_at = bureau.told("declaration_corrected")[0]["corrected_at"]

    def arrives(kind: str, mark: str, knows_of: str | None) -> None:
        told = {"dossier_no": NO, "attachment": attachment(kind, mark), "added_at": clock.now().isoformat()}
        bureau.tell("attachment_added", told | {"corrected_at": knows_of})

    def kept() -> dict[str, str]:
        return {each["kind"]: each["sha256"] for each in bureau.case()["attachments"]}

    for knows_of in (None, before.isoformat()):
        arrives("form_pdf", "b", knows_of)
        arrives("signed_form", "b", knows_of)
    assert kept() == {}, "they show what was corrected"
    arrives("portrait", "b", None)
    arrives("form_pdf", "c", corrected_at)
    assert kept() == {kind: attachment(kind, mark)["sha256"] for kind, mark in (("portrait", "b"), ("form_pdf", "c"))}


@pytest.mark.rule("V3")
def test_what_reads_as_before_is_no_correction(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    assert corrects(quick, bhxh_code=CODE, phone="0983847986").json["missing"] == []
    assert quick.told("declaration_corrected") == []
    assert "corrected" not in quick.actions()


@pytest.mark.rule("V3")
def test_a_second_correction_voids_the_form_that_the_first_one_made(quick: Desk) -> None:
    quick.submit()
    corrects(quick, phone="0912345678")
    first = quick.told("declaration_corrected")[0]["corrected_at"]
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        corrects(quick, phone="0912345679")
        told = {"dossier_no": NO, "attachment": attachment("form_pdf"), "added_at": clock.now().isoformat()}
        quick.tell("attachment_added", told | {"corrected_at": first})
        assert quick.case()["attachments"] == []
    second = quick.told("declaration_corrected")[1]["corrected_at"]
    assert datetime.fromisoformat(second) > datetime.fromisoformat(first)


@pytest.mark.rule("V3", "I1")
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"phone": "12345"}, "phone"),
        ({"phone": None}, "phone"),
        ({"email": "không phải"}, "email"),
        ({"id_number": "111349876090"}, "id_type"),
        ({"id_type": "cccd", "id_number": "123"}, "id_number"),
        ({"id_type": "passport", "id_number": "------"}, "id_number"),
        ({"personal_id": "12"}, "personal_id"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"full_name": "   "}, "full_name"),
        ({"parent": {"full_name": "Lê Thị Lan"}}, "parent.phone"),
        ({"status": "approved"}, "status"),
    ],
)
def test_a_correction_is_checked_as_the_form_was(quick: Desk, fields: dict[str, Any], named: str) -> None:
    quick.submit()
    answer = corrects(quick, **fields)
    assert answer.status_code == 422
    assert named in {error["field"] for error in answer.json["errors"]}
    assert quick.told() == []


@pytest.mark.rule("V3")
def test_a_guardians_phone_is_not_corrected_in_the_childs_dossier(quick: Desk) -> None:
    quick.submit_child()
    answer = corrects(quick, phone="0912345678")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:guardians-contact")
    assert corrects(quick, full_name="Nguyễn Minh Ân").status_code == 200


@pytest.mark.rule("N11", "V7")
def test_the_clock_of_a_child_whose_name_differed_runs_again_from_the_correction(quick: Desk) -> None:
    """No signature is void here, so nothing else sets the clock."""
    quick.hgd.people[str(CHILD["bhxh_code"])] = Answer(found=True, full_name="Trần Văn Khác")
    quick.submit_child()
    assert quick.decide().status_code == 202
    quick.look_up()
    shown = quick.case()
    assert (shown["status"], shown["due_at"]) == ("name_differs", None)
    assert corrects(quick, full_name="Trần Văn Khắc").json["missing"] == []
    assert quick.case()["due_at"] is not None


@pytest.mark.rule("V3")
def test_a_decided_dossier_is_not_corrected(quick: Desk) -> None:
    quick.submit()
    quick.approve()
    assert corrects(quick, phone="0912345678").json["case_status"] == "approved"


@pytest.mark.rule("V4", "V5")
def test_what_an_office_adds_is_told_for_the_form(quick: Desk) -> None:
    quick.submit()
    sha256 = quick.put("portrait").json["sha256"]
    (told,) = quick.told("document_supplemented")
    assert (told["attachment"]["kind"], told["attachment"]["sha256"]) == ("portrait", sha256)
    assert told["_public"] == ""


ACCOUNT = "019aa5b5-c0de-7000-a000-00000000000b"


def has_an_account(desk: Desk, no: str) -> None:
    """The account that this dossier opened; the holder then forgets it."""
    desk.submit(no)
    desk.approve(no)
    desk.account(ACCOUNT, no)


@pytest.mark.rule("I11", "I8", "V12")
def test_at_the_counter_a_registration_of_somebody_who_has_an_account_becomes_an_adjust(bureau: Desk) -> None:
    has_an_account(bureau, dossier_no(2))
    bureau.submit(contact={"phone": "+84912345678"}, warnings=["id_number", "has_account"])
    assert (bureau.case()["has_account"], bureau.case()["changes"]) == (True, None)
    early = corrects(bureau, kind="adjust")
    assert (early.status_code, early.json["type"]) == (409, "urn:vss:problem:nobody-at-counter")
    bureau.complete()
    answer = corrects(bureau, kind="adjust")
    assert (answer.status_code, answer.json["missing"]) == (200, ["signed_form"]), "another form, and another signature"
    case = bureau.case()
    assert (case["kind"], case["has_account"], case["warnings"]) == ("adjust", False, ["id_number"])
    (phone,) = (each for each in case["changes"] if each["field"] == "phone")
    assert (phone["old"], phone["new"], phone["changed"]) == ("+84983847986", "+84912345678", True)
    (told,) = bureau.told("declaration_corrected")
    assert told["kind"] == "adjust"
    bureau.put("signed_form", who="approver:lan:79")
    assert bureau.decide().status_code == 202
    bureau.look_up()
    verified = bureau.told("identity_verified")[-1]
    assert (verified["dossier_no"], verified["kind"], verified["contact"]["phone"]) == (NO, "adjust", "+84912345678")


@pytest.mark.rule("I11")
def test_nothing_else_becomes_an_adjust(bureau: Desk) -> None:
    bureau.submit()
    bureau.complete()
    nobody = corrects(bureau, kind="adjust")
    assert (nobody.status_code, nobody.json["type"]) == (409, "urn:vss:problem:no-account")
    assert corrects(bureau, kind="stop").status_code == 422
    has_an_account(bureau, dossier_no(2))
    changes = {"guardian": {"kind": "register"}, "counter": {"kind": "stop"}}
    for number, (route, given) in enumerate(changes.items(), start=3):
        bureau.submit(no := dossier_no(number), route=route, expires_at=None, **given)
        refused = bureau.ask("POST", f"/{no}/correction", json={"kind": "adjust"})
        assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:nobody-at-counter")
    assert bureau.told("declaration_corrected") == []

"""From the declaration to the decision (V2, V3, V6, V7)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.chassis import clock
from services.verification.cases.rules import Case
from services.verification.decisions.rules import record_hgd_answer
from services.verification.directory.port import Answer
from tests.integration.verification.desk import BORN, CODE, NAME, NO, Desk, attachment, dossier_no, picture


@pytest.mark.rule("V2", "V3", "V6", "V7")
def test_a_dossier_is_received_completed_assessed_and_approved_when_hgd_knows_code_and_name(bureau: Desk) -> None:
    bureau.submit()
    assert bureau.case()["status"] == "new"
    assert bureau.ask("POST", f"/{NO}/claim", "officer:mai:79").json["holder"] == "mai"
    assert bureau.ask("POST", f"/{NO}/receive", "officer:mai:79", json={"id_shown": True}).json["status"] == "received"
    for kind in ("id_front", "id_back", "portrait"):
        assert bureau.put(kind).status_code == 200
    last = bureau.put("signed_form")
    assert last.json["missing"] == []
    assert bureau.ask("POST", f"/{NO}/release", "officer:mai:79").status_code == 200
    complete_at = bureau.case()["complete_at"]

    answer = bureau.decide(who="approver:lan:79")
    assert (answer.status_code, answer.json["status"]) == (202, "checking")
    assert bureau.told("identity_verified") == [], "HGĐ has not answered"
    bureau.look_up()

    case = bureau.case()
    assert (case["status"], case["hgd"]["outcome"], case["complete_at"]) == ("approved", "match", complete_at)
    (received,), (verified,) = bureau.told("case_received"), bureau.told("identity_verified")
    assert (received["_fact"], received["office_code"]) == ("case_received", "79")
    assert verified["_fact"] == "identity_verified"
    assert verified["_revision"] > received["_revision"]
    assert verified["subject"]["full_name"] == NAME
    assert verified["subject"]["date_of_birth"] == "1987-05-19"
    assert (verified["office"]["code"], verified["decided_office_code"]) == ("01", "79")
    assert verified["complete_at"] < verified["decided_at"]
    for private in (NAME, CODE, "983847986", "Thụ Trai"):
        assert private not in verified["_public"]


@pytest.mark.rule("V3")
@pytest.mark.parametrize("left_out", ["id_front", "id_back", "portrait", "signed_form"])
def test_a_dossier_without_one_of_its_documents_cannot_be_approved(quick: Desk, left_out: str) -> None:
    quick.submit()
    for kind in {"id_front", "id_back", "portrait", "signed_form"} - {left_out}:
        quick.put(kind, who="approver:lan:79")
    answer = quick.decide(id_shown=True)
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:dossier-incomplete")
    assert answer.json["missing"] == [left_out]
    assert quick.case()["status"] == "received", "nothing of a refused decision is kept"
    assert not quick.case()["id_shown"]
    assert {fact["_fact"] for fact in quick.told()} == {"case_received", "document_supplemented"}
    assert quick.waiting("hgd_look_up") == []


@pytest.mark.rule("V3")
def test_a_dossier_cannot_be_approved_unless_an_officer_says_that_the_id_was_shown(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    quick.submit(no := dossier_no(2))
    for kind in ("id_front", "id_back", "portrait", "signed_form"):
        quick.put(kind, no, "approver:lan:79")
    assert quick.decide(no).json["missing"] == ["id_shown"]
    assert quick.decide(no, id_shown=True).status_code == 202


@pytest.mark.rule("V3")
@pytest.mark.parametrize("decision", [{"outcome": "valid"}, {"outcome": "invalid", "reason_code": "id_differs"}])
def test_what_was_filed_at_the_portal_is_decided_only_after_it_was_received(bureau: Desk, decision: dict[str, str]) -> None:
    bureau.submit()
    for kind in ("id_front", "id_back", "portrait", "signed_form"):
        bureau.put(kind, who="approver:lan:79")
    answer = bureau.ask("POST", f"/{NO}/decision", json=decision | {"id_shown": True})
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:not-received")
    assert "tiếp nhận" in answer.json["detail"]
    assert bureau.case()["status"] == "new"
    assert bureau.ask("POST", f"/{NO}/receive", json={}).status_code == 200
    assert bureau.ask("POST", f"/{NO}/decision", json=decision | {"id_shown": True}).status_code == 202


@pytest.mark.rule("V3")
def test_what_staff_keyed_in_at_a_counter_is_received_with_the_decision(quick: Desk) -> None:
    quick.submit(route="counter", channel="office", expires_at=None)
    for kind in ("id_front", "id_back", "portrait", "signed_form"):
        quick.put(kind, who="approver:lan:79")
    assert quick.decide(id_shown=True).status_code == 202
    assert quick.told("case_received")[0]["dossier_no"] == NO


@pytest.mark.rule("V3")
def test_one_picture_cannot_stand_for_two_papers(bureau: Desk) -> None:
    bureau.submit()
    portrait = picture("pink")
    assert bureau.put("portrait", content=portrait).status_code == 200
    answer = bureau.put("id_front", content=portrait)
    assert (answer.status_code, answer.json["type"]) == (422, "urn:vss:problem:same-picture")
    assert (answer.json["stands_for"], answer.json["errors"][0]["field"]) == ("portrait", "kind")
    assert len(bureau.documents) == 1, "what was refused is not kept"
    assert bureau.put("portrait", content=portrait).status_code == 200, "the same picture again for the same paper"


@pytest.mark.rule("V3")
def test_a_dossier_in_which_one_picture_stands_for_two_papers_is_not_approved(bureau: Desk) -> None:
    twice = [attachment("portrait") | {"kind": kind} for kind in ("portrait", "id_front", "id_back")]
    bureau.submit(attachments=twice)  # sent by a release that did not look
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    bureau.put("signed_form", who="approver:lan:79")
    answer = bureau.decide()
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:same-picture")
    bureau.put("id_front", who="approver:lan:79")
    bureau.put("id_back", who="approver:lan:79")
    assert bureau.decide().status_code == 202


@pytest.mark.rule("V6", "V8")
def test_an_invalid_dossier_is_rejected_with_its_reason(bureau: Desk) -> None:
    bureau.submit()
    answer = bureau.reject()
    assert (answer.status_code, answer.json["status"]) == (202, "rejected")
    (told,) = bureau.told("declaration_rejected")
    assert (told["_fact"], told["reason_code"]) == ("declaration_rejected", "id_differs")
    assert told["reason"] == "Thông tin trên giấy tờ tùy thân khác với tờ khai."
    assert told["complete_at"] == told["decided_at"], "it never was complete: the clock starts with the decision"
    assert told["reason"] not in told["_public"]
    # what the SMS and the e-mail need (V8)
    assert (told["contact"]["phone"], told["contact"]["email"]) == ("+84983847986", "biennt@vss.gov.vn")
    assert told["office"]["address"]


@pytest.mark.rule("V6")
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"reason_code": None},
        {"reason_code": "no_such"},
        {"reason_code": "other"},
        {"reason_code": "other", "reason": "  "},
    ],
)
def test_a_rejection_needs_a_reason(quick: Desk, data: dict[str, str]) -> None:
    quick.submit()
    quick.complete()
    assert quick.decide(outcome="invalid", **data).status_code == 422
    assert quick.case()["status"] == "received"


@pytest.mark.rule("V4")
@pytest.mark.parametrize("code", ["missing_photos", "missing_id", "missing_portrait", "missing_birth_certificate"])
def test_missing_pictures_are_no_ground_for_rejection(quick: Desk, code: str) -> None:
    quick.submit()
    answer = quick.decide(outcome="invalid", reason_code=code, reason="Thiếu ảnh")
    assert (answer.status_code, answer.json["type"]) == (422, "urn:vss:problem:no-ground-for-rejection")
    assert "702" in answer.json["detail"]
    assert quick.case()["status"] == "received"


@pytest.mark.rule("V7")
def test_an_unknown_code_is_told_and_the_dossier_waits_to_be_assessed_again(bureau: Desk) -> None:
    bureau.hgd.people.clear()
    bureau.submit()
    bureau.complete()
    bureau.decide()
    bureau.look_up()
    assert bureau.case()["status"] == "code_not_found"
    assert bureau.told("code_not_found")[0]["full_name"] == NAME
    first_complete = bureau.case()["complete_at"]

    bureau.hgd.people[CODE] = Answer(found=True, full_name=NAME, birth=BORN)  # the person has got the code
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    verified = bureau.told("identity_verified")[0]
    assert datetime.fromisoformat(verified["complete_at"]) > datetime.fromisoformat(first_complete) + timedelta(hours=1), (
        "the clock starts anew when the dossier is taken up again"
    )
    assert verified["_revision"] > bureau.told("code_not_found")[0]["_revision"]


@pytest.mark.rule("V7", "V12")
def test_an_adjustment_is_not_approved_under_another_name_than_hgds_either(quick: Desk) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name="Trần Thành Biên")
    quick.submit(kind="adjust", route="counter", expires_at=None)
    quick.see_id()
    quick.put("signed_form", who="approver:lan:79")
    assert quick.decide().status_code == 202
    quick.look_up()
    assert quick.case()["status"] == "name_differs"
    assert quick.told("identity_verified") == []


@pytest.mark.rule("V7")
@pytest.mark.parametrize(
    ("at_hgd", "status", "outcome"),
    [("Nguyễn Thành Biển", "name_near", "near"), ("Trần Thành Biên", "name_differs", "differs")],
)
def test_another_name_is_never_approved_by_itself_and_the_officer_sees_both(
    quick: Desk, at_hgd: str, status: str, outcome: str
) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name=at_hgd)
    quick.submit()
    quick.complete()
    quick.decide()
    quick.look_up()
    case = quick.case()
    assert (case["status"], case["hgd"]["outcome"]) == (status, outcome)
    assert (case["subject"]["full_name"], case["hgd"]["full_name"]) == (NAME, at_hgd)
    assert quick.told("identity_verified") == []

    # the same again brings the same
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == status

    # an officer may not correct, an approver may, and then HGĐ is asked again
    assert quick.ask("POST", f"/{NO}/correction", "officer:mai:79", json={"full_name": at_hgd}).status_code == 403
    assert quick.ask("POST", f"/{NO}/correction", json={"full_name": at_hgd}).status_code == 200
    assert quick.case()["status"] == status, "a correction decides nothing"
    assert quick.decide().json["missing"] == ["signed_form"], "what was corrected is signed anew (V3)"
    quick.put("signed_form", who="approver:lan:79")
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "approved"
    assert quick.told("identity_verified")[0]["subject"]["full_name"] == at_hgd
    assert "corrected" in quick.actions()


@pytest.mark.rule("V7")
def test_a_name_that_differs_may_be_rejected(quick: Desk) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name="Trần Văn Khác")
    quick.submit()
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.decide(outcome="invalid", reason_code="name_not_in_hgd").status_code == 202
    told = quick.told("declaration_rejected")[0]
    assert told["complete_at"] < told["decided_at"]


@pytest.mark.rule("V7")
def test_an_hgd_that_was_not_reached_within_all_tries_keeps_valid_and_is_asked_again(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    quick.decide()
    assert quick.decide().status_code == 409, "HGĐ is being asked"
    quick.give_up()
    case = quick.case()
    assert (case["status"], case["hgd"]["outcome"]) == ("checking", "unreachable")
    assert {fact["_fact"] for fact in quick.told()} == {"case_received", "document_supplemented"}, (
        "unreachable is no outcome for the citizen"
    )
    assert quick.decide().status_code == 202
    quick.look_up()
    assert quick.case()["status"] == "approved"


@pytest.mark.rule("V7")
def test_an_answer_to_an_earlier_question_changes_nothing(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    quick.decide()
    (late,) = quick.waiting("hgd_look_up")
    quick.give_up()
    quick.decide()
    with quick.db.write() as session:
        case = Case.locked(session, NO)
        assert case is not None
        record_hgd_answer(case, Answer(found=False), json.loads(late.payload)["check_no"])
    assert quick.case()["status"] == "checking"


@pytest.mark.rule("V3")
def test_a_declaration_signed_with_a_certificate_is_never_complete_here(quick: Desk) -> None:
    quick.submit(route="certificate", signature={"made": "elsewhere"})
    quick.put("signed_form", who="approver:lan:79")
    assert quick.decide(id_shown=True).json["missing"] == ["signature"]


def test_a_case_claimed_while_hgd_is_asked_is_free_once_it_is_approved(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    quick.decide()
    assert quick.ask("POST", f"/{NO}/claim", "officer:mai:01").status_code == 200
    quick.look_up()
    assert (quick.case()["status"], quick.case()["claim"]) == ("approved", None)


@pytest.mark.rule("V7")
def test_a_code_that_was_written_wrong_can_be_corrected(quick: Desk) -> None:
    quick.submit(subject={"bhxh_code": "0113099840"})
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "code_not_found"
    for wrong in ({}, {"bhxh_code": "1"}, {"full_name": "  "}, {"status": "approved"}):
        assert quick.ask("POST", f"/{NO}/correction", json=wrong).status_code == 422
    assert quick.ask("POST", f"/{NO}/correction", json={"bhxh_code": CODE}).status_code == 200
    quick.put("signed_form", who="approver:lan:79")
    quick.decide()
    quick.look_up()
    assert quick.told("identity_verified")[0]["subject"]["bhxh_code"] == CODE
    assert quick.hgd.asked == ["0113099840", CODE]
    (found,) = quick.ask("GET", "", headers={"X-Bhxh-Code": CODE}).json["items"]
    assert found["dossier_no"] == NO


@pytest.mark.parametrize("after", ["approved", "rejected"])
@pytest.mark.rule("V6")
def test_a_decided_dossier_is_decided(quick: Desk, after: str) -> None:
    quick.submit()
    if after == "approved":
        quick.approve()
    else:
        quick.reject()
    facts = len(quick.told())
    for answer in (
        quick.decide(),
        quick.decide(outcome="invalid", reason_code="id_differs"),
        quick.ask("POST", f"/{NO}/claim"),
        quick.ask("POST", f"/{NO}/receive", json={}),
        quick.put("portrait"),
    ):
        assert (answer.status_code, answer.json["case_status"]) == (409, after)
    assert len(quick.told()) == facts


def test_a_decision_sent_twice_with_one_key_is_recorded_once(bureau: Desk) -> None:
    bureau.submit()
    bureau.complete()
    options: dict[str, Any] = {"json": {"outcome": "valid"}, "headers": {"Idempotency-Key": "decision-0001"}}
    first, second = (bureau.ask("POST", f"/{NO}/decision", **options) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json == first.json
    assert len(bureau.waiting("hgd_look_up")) == 1

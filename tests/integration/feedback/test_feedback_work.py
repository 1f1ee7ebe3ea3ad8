"""How an office works on a complaint: it takes note, routes, answers; the director approves (F3, F7, F8)."""

import pytest
from sqlalchemy import exc
from sqlalchemy import text as sql

from tests.integration.feedback.desk import ANSWER, APPROVER, DIRECTOR, OFFICER

#: the trigger says the first; the desk's user on PostgreSQL, who owns no table, is not even let so far
REFUSED = "only grows|permission denied for table complaint_steps"
UNIT = {"unit": "Phòng Quản lý Thu - Sổ, Thẻ"}


def kinds(desk, complaint):
    return [step["kind"] for step in desk.show(complaint)["steps"]]


@pytest.mark.rule("F7")
def test_an_office_takes_note_and_the_citizen_can_see_when(desk):
    complaint = desk.filed()
    answer = desk.do(complaint, "acknowledge")
    assert (answer.status_code, answer.json["status"]) == (200, "acknowledged")
    assert desk.show(complaint)["acknowledged_at"] is not None
    (told,) = desk.facts("complaint_acknowledged")
    assert told.body["complaint_no"] == complaint.no


@pytest.mark.rule("F7")
def test_taking_note_twice_is_refused(lite):
    complaint = lite.filed()
    lite.do(complaint, "acknowledge")
    again = lite.do(complaint, "acknowledge")
    assert (again.status_code, again.json["type"]) == (409, "urn:vss:problem:wrong-status")
    assert again.json["complaint_status"] == "acknowledged"


@pytest.mark.rule("F7")
def test_whoever_routes_has_taken_note(desk):
    complaint = desk.filed()
    assert desk.do(complaint, "route", UNIT).json["status"] == "routed"
    assert kinds(desk, complaint) == ["received", "acknowledged", "routed"]
    assert [each.fact for each in desk.facts()][-2:] == ["complaint_acknowledged", "complaint_routed"]


@pytest.mark.rule("F7")
def test_it_may_be_given_to_another_department_and_keeps_its_first_date(lite, later):
    complaint = lite.routed()
    first = lite.row(complaint).routed_at
    later.on(days=1)
    assert lite.do(complaint, "route", {"unit": "Phòng Chế độ BHXH"}).status_code == 200
    row = lite.row(complaint)
    assert (row.unit, row.routed_at) == ("Phòng Chế độ BHXH", first)


@pytest.mark.rule("F8")
def test_an_answer_goes_out_once_the_director_has_approved_it(desk):
    complaint = desk.routed()
    draft = desk.do(complaint, "answer", {"text": ANSWER})
    assert (draft.status_code, draft.json["status"]) == (202, "draft")
    assert not desk.facts("complaint_answered")
    assert desk.show(complaint, code=complaint.code)["content"]["answer"] is None
    approved = desk.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR)
    assert (approved.status_code, approved.json["status"]) == (200, "sent")
    (told,) = desk.facts("complaint_answered")
    assert told.body["answer"] == ANSWER
    assert told.body["contact"]["phone"] == "+84983847986"
    assert ANSWER not in told.public
    assert desk.show(complaint, code=complaint.code)["content"]["answer"] == ANSWER


@pytest.mark.parametrize("token", [OFFICER, APPROVER])
def test_nobody_but_the_director_approves(lite, token):
    complaint = lite.routed()
    lite.do(complaint, "answer", {"text": ANSWER})
    refused = lite.do(complaint, "answer/approve", {"version": 1}, token=token)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:wrong-role")


def test_a_director_may_let_approvers_approve(make_lite):
    lite = make_lite(answer_approval="approver")
    complaint = lite.routed()
    lite.do(complaint, "answer", {"text": ANSWER})
    assert lite.do(complaint, "answer/approve", {"version": 1}, token=OFFICER).status_code == 403
    assert lite.do(complaint, "answer/approve", {"version": 1}, token=APPROVER).status_code == 200


def test_where_nobody_has_to_approve_the_answer_goes_out_at_once(make_lite):
    lite = make_lite(answer_approval="none")
    complaint = lite.routed()
    sent = lite.do(complaint, "answer", {"text": ANSWER})
    assert (sent.status_code, sent.json["status"]) == (202, "sent")
    assert len(lite.facts("complaint_answered")) == 1


def test_a_director_gives_an_answer_back_with_the_reason(desk):
    complaint = desk.routed()
    desk.do(complaint, "answer", {"text": ANSWER})
    returned = desk.do(complaint, "answer/return", {"remark": "Nêu rõ căn cứ."}, token=DIRECTOR)
    assert (returned.status_code, returned.json["status"]) == (200, "returned")
    seen = desk.show(complaint, token=OFFICER)["work"]["draft"]
    assert (seen["version"], seen["remark"]) == (1, "Nêu rõ căn cứ.")
    again = desk.do(complaint, "answer", {"text": ANSWER + " Căn cứ: Luật BHXH."})
    assert again.json["version"] == 2
    assert desk.do(complaint, "answer/approve", {"version": 2}, token=DIRECTOR).status_code == 200


def test_a_draft_written_meanwhile_is_not_approved_unread(lite):
    complaint = lite.routed()
    lite.do(complaint, "answer", {"text": ANSWER})
    lite.do(complaint, "answer", {"text": "Một câu trả lời hoàn toàn khác."})
    stale = lite.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR)
    assert (stale.status_code, stale.json["type"]) == (409, "urn:vss:problem:no-draft")
    assert not lite.facts("complaint_answered")


def test_nothing_is_approved_where_nothing_was_written(lite):
    assert lite.do(lite.routed(), "answer/approve", {"version": 1}, token=DIRECTOR).status_code == 409


def test_an_answered_complaint_is_not_answered_again(lite):
    complaint = lite.answered()
    assert lite.do(complaint, "answer", {"text": ANSWER}).status_code == 409
    assert lite.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR).status_code == 409


@pytest.mark.rule("F7")
def test_who_answers_at_once_has_taken_note_and_routed_it(lite):
    complaint = lite.filed()
    assert lite.do(complaint, "answer", {"text": ANSWER}).status_code == 202
    assert kinds(lite, complaint) == ["received", "acknowledged", "routed", "answer_drafted"]


def test_the_history_says_who_did_what_and_only_grows(desk):
    complaint = desk.answered()
    history = desk.show(complaint, token=DIRECTOR)["work"]["history"]
    assert [(each["kind"], each["actor"], each["role"]) for each in history] == [
        ("received", None, "citizen"),
        ("acknowledged", "lan", "officer"),
        ("routed", "lan", "officer"),
        ("answer_drafted", "lan", "officer"),
        ("answer_approved", "minh", "director"),
        ("answered", "minh", "director"),
        ("letter_issued", "minh", "director"),
    ]
    for change in ("UPDATE complaint_steps SET kind = 'x'", "DELETE FROM complaint_steps"):
        with pytest.raises(exc.DBAPIError, match=REFUSED), desk.db.write() as session:
            session.execute(sql(change))


def test_facts_about_one_complaint_carry_growing_revisions(desk):
    desk.answered()
    revisions = [
        next(int(value) for name, value in each.headers.items() if name.endswith("revision")) for each in desk.facts()
    ]
    assert revisions == list(range(1, len(revisions) + 1))

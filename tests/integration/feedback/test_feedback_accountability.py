"""Accountability stays with the province that received it; other offices help (F3, F4)."""

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.feedback.complaints.rules import Complaint
from tests.integration.feedback.desk import ANSWER, CENTRE, DIRECTOR, ELSEWHERE, ELSEWHERE_DIRECTOR, OFFICER, THU

QUESTION = "Đề nghị đối chiếu quá trình đóng năm 2019 tại Công ty may Hà Nội."
FOUND = "Đã đối chiếu: đóng đủ từ tháng 3 đến tháng 8 năm 2019."
THIRD = "officer:vu:04:04:"


def asked(desk, complaint=None, office="01"):
    complaint = complaint or desk.routed()
    answer = desk.do(complaint, "coordinate", {"office_code": office, "question": QUESTION})
    assert answer.status_code == 201, answer.text
    return complaint, answer.json["coordination_id"]


def reply(desk, coordination_id, what="answer", token=ELSEWHERE, words=FOUND):
    return desk.call("POST", f"/coordinations/{coordination_id}/{what}", token=token, json={"words": words})


@pytest.mark.rule("F4")
def test_there_is_no_way_to_transfer_a_complaint(lite):
    document = lite.client.get("/feedback/openapi.json").get_json()
    for path, item in document["paths"].items():
        assert not any(word in path for word in ("transfer", "forward", "handover", "reassign", "province")), path
        for method, operation in item.items():
            if method not in ("post", "put", "patch", "delete"):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            schema = document["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], body)
            assert "province_code" not in schema.get("properties", {}), path
    names = [name for name in dir(Complaint) if not name.startswith("_")]
    assert not any("transfer" in name or "hand_over" in name for name in names)


@pytest.mark.rule("F3", "F4")
def test_the_database_itself_refuses_another_accountable_province(desk):
    complaint = desk.filed()
    with pytest.raises(exc.DBAPIError, match="never changes"), desk.db.write() as session:
        session.execute(sa.text("UPDATE complaints SET province_code = '01'"))
    with pytest.raises(exc.DBAPIError, match="never changes"), desk.db.write() as session:
        row = Complaint.locked(session, complaint.no)
        assert row is not None
        row.province_code = "01"
        session.flush()
    assert desk.row(complaint).province_code == "79"


@pytest.mark.rule("F3", "F4")
@pytest.mark.parametrize(
    "wrong", ["province_code = NULL", "province_code = ''", "board_code = NULL", "board_code = 'ban-khac'"]
)
def test_the_database_refuses_a_complaint_without_a_province_or_a_board(desk, wrong):
    desk.filed()
    with pytest.raises(exc.DBAPIError), desk.db.write() as session:
        session.execute(sa.text(f"UPDATE complaints SET {wrong}"))


@pytest.mark.rule("F4")
def test_another_office_is_asked_by_a_clock_of_its_own_and_its_director_is_told(desk, later):
    complaint, _ = asked(desk)
    (told,) = desk.facts("coordination_requested")
    assert told.body["asked_office"] == {"code": "01", "name": "BHXH Thành phố Hà Nội", "province_code": "01"}
    assert [each["code"] for each in told.body["staff"]] == ["01"]
    assert QUESTION not in told.public
    (request,) = desk.show(complaint, token=DIRECTOR)["work"]["coordinations"]
    assert request["due_at"] == "2026-11-10T00:00:00+07:00"
    row = desk.row(complaint)
    assert (row.province_code, row.status) == ("79", "routed")


@pytest.mark.rule("F4")
def test_the_two_offices_talk_and_the_asked_one_answers(desk):
    complaint, request = asked(desk)
    assert reply(desk, request, "messages", words="Xin cho biết mã đơn vị.").status_code == 201
    assert reply(desk, request, "messages", token=OFFICER, words="Mã đơn vị TA0123A.").status_code == 201
    answered = reply(desk, request)
    assert (answered.status_code, answered.json["status"]) == (200, "answered")
    assert [(each["office_code"], each["words"]) for each in answered.json["messages"]] == [
        ("01", "Xin cho biết mã đơn vị."),
        ("79", "Mã đơn vị TA0123A."),
        ("01", FOUND),
    ]
    (told,) = desk.facts("coordination_answered")
    assert [each["code"] for each in told.body["staff"]] == ["79"]
    assert FOUND not in str(told.body)
    assert desk.row(complaint).status == "routed"


@pytest.mark.rule("F4")
def test_an_answered_request_takes_no_more_words(lite):
    _, request = asked(lite)
    reply(lite, request)
    for what, token in (("messages", OFFICER), ("answer", ELSEWHERE)):
        again = reply(lite, request, what, token=token)
        assert (again.status_code, again.json["type"]) == (409, "urn:vss:problem:co-ordination-closed")


@pytest.mark.rule("F4")
def test_only_the_asked_province_answers_and_only_the_accountable_one_takes_the_question_back(lite):
    _, request = asked(lite)
    assert reply(lite, request, token=OFFICER).status_code == 403
    assert reply(lite, request, token=THIRD).status_code == 403
    assert lite.call("POST", f"/coordinations/{request}/withdraw", token=ELSEWHERE).status_code == 403
    assert lite.call("POST", f"/coordinations/{request}/withdraw", token=OFFICER).json["status"] == "withdrawn"


@pytest.mark.rule("F4")
def test_an_office_asks_others_not_itself_and_only_such_as_there_are(lite):
    complaint = lite.routed()
    for office in ("79", "999"):
        refused = lite.do(complaint, "coordinate", {"office_code": office, "question": QUESTION})
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] == "office_code"


@pytest.mark.rule("F4")
def test_whoever_is_asked_cannot_pass_the_question_on(lite):
    complaint, _ = asked(lite)
    refused = lite.do(complaint, "coordinate", {"office_code": "04", "question": QUESTION}, token=ELSEWHERE)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-your-province")


@pytest.mark.rule("F4")
def test_a_late_co_ordination_is_told_to_the_asked_director_once_and_moves_no_clock(desk, later):
    complaint, _ = asked(desk)
    before = desk.row(complaint).answer_due
    later.on(days=9)
    desk.sweep()
    desk.sweep()
    (told,) = [each.body for each in desk.facts("complaint_overdue") if each.body["step"] == "coordination"]
    assert [each["code"] for each in told["staff"]] == ["01"]
    assert told["contact"] is None
    assert desk.row(complaint).answer_due == before


@pytest.mark.rule("F4")
def test_the_accountable_office_may_answer_without_waiting_for_the_other(desk):
    complaint, request = asked(desk)
    desk.answered(complaint)
    with_thread = desk.call("GET", f"/coordinations/{request}", token=ELSEWHERE)
    assert with_thread.json["status"] == "withdrawn"


class TestWhoSees:
    """Other provinces' complaints are invisible, except where co-ordination asks."""

    pytestmark = pytest.mark.rule("F3")

    def test_an_office_lists_its_own_province_only(self, desk):
        ours, theirs = desk.filed(), desk.filed(office_code="01")
        for token, expected in ((OFFICER, ours), (ELSEWHERE, theirs)):
            listed = desk.call("GET", "/complaints", token=token).json["items"]
            assert [each["complaint_no"] for each in listed] == [expected.no]

    def test_another_province_sees_steps_and_dates_and_nothing_else(self, desk):
        complaint = desk.filed()
        seen, citizens = desk.show(complaint, token=ELSEWHERE), desk.show(complaint)
        assert citizens["content"] is not None
        assert seen == citizens | {"content": None}

    def test_a_province_that_is_asked_sees_what_it_is_about_but_not_how_to_reach_the_citizen(self, desk):
        complaint, _ = asked(desk)
        seen = desk.show(complaint, token=ELSEWHERE)
        assert seen["content"]["body"]
        assert seen["work"]["bhxh_code"] == "0113099841"
        assert seen["work"]["contact"] is None
        assert seen["work"]["draft"] is None
        assert len(seen["work"]["coordinations"]) == 1

    def test_once_it_has_answered_it_sees_no_more_than_anybody(self, lite):
        complaint, request = asked(lite)
        reply(lite, request)
        assert lite.show(complaint, token=ELSEWHERE)["work"] is None
        assert lite.call("GET", f"/coordinations/{request}", token=ELSEWHERE_DIRECTOR).status_code == 200

    def test_two_asked_provinces_do_not_see_each_others_threads(self, lite):
        complaint, _ = asked(lite)
        _, second = asked(lite, complaint, office="04")
        assert len(lite.show(complaint, token=THIRD)["work"]["coordinations"]) == 1
        assert lite.call("GET", f"/coordinations/{second}", token=ELSEWHERE).status_code == 403

    def test_each_side_lists_what_is_asked_of_it_and_what_it_asks(self, lite):
        _, request = asked(lite)
        for token, side, expected in (
            (ELSEWHERE, "asked", [request]),
            (ELSEWHERE, "asking", []),
            (OFFICER, "asking", [request]),
            (OFFICER, "asked", []),
            (THIRD, "asked", []),
        ):
            listed = lite.call("GET", f"/coordinations?side={side}", token=token)
            assert [each["coordination_id"] for each in listed.json["items"]] == expected, (token, side)

    def test_the_board_and_the_it_centre_see_the_matter_but_not_the_citizen(self, lite):
        complaint = lite.filed(category_code=lite.category_of("thu-so-the"))
        for token in (THU, CENTRE):
            seen = lite.show(complaint, token=token)
            assert seen["content"]["body"]
            assert (seen["work"]["contact"], seen["work"]["bhxh_code"], seen["work"]["draft"]) == (None, None, None)

    def test_nobody_outside_reads_the_answer(self, lite):
        complaint = lite.answered()
        assert ANSWER not in lite.call("GET", f"/complaints/{complaint.no}").text
        assert ANSWER not in str(lite.show(complaint, token=ELSEWHERE))

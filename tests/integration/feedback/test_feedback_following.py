"""What a citizen does after filing: follow without an account, send documents, reopen, rate (F8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.calendar import VIETNAM
from services.chassis.documents import DocumentNotFound
from tests.integration.feedback.desk import ANSWER, CITIZEN, COMPLAINT, DIRECTOR, ELSEWHERE, OFFICER, SUPPORT, THU, picture

PERSONAL = ("Biên", "983847986", "biennt", "0113099841", COMPLAINT["subject_line"], COMPLAINT["body"], ANSWER)


@pytest.mark.rule("F8")
def test_the_steps_the_dates_and_who_accounts_for_it_are_followed_by_number_and_code(desk, later):
    complaint = desk.answered()
    assert desk.show(complaint, code=complaint.code)["content"] is not None
    seen = desk.show(complaint, token=SUPPORT)
    assert seen["accountable"] == {
        "office": {"code": "79", "name": "BHXH Thành phố Hồ Chí Minh", "province_code": "79"},
        "title": "Giám đốc BHXH Thành phố Hồ Chí Minh",
    }
    assert [step["kind"] for step in seen["steps"]][:3] == ["received", "acknowledged", "routed"]
    assert seen["due"]["answer"] == "2026-11-24T00:00:00+07:00"
    assert (seen["status"], seen["content"], seen["work"]) == ("answered", None, None)


@pytest.mark.rule("F8")
@pytest.mark.parametrize("token", [SUPPORT, ELSEWHERE, "board:y:::chinh-sach-bhyt"])
def test_staff_who_have_nothing_to_do_with_it_see_no_personal_data_and_nobodys_words(desk, token):
    complaint = desk.filed(category_code=desk.category_of("thu-so-the"))
    desk.do(complaint, "ask", {"question": "Tên đơn vị cũ của ông/bà?"})
    desk.say(complaint, "reply", {"words": "Công ty may Hà Nội"})
    desk.do(complaint, "remind", {"words": "Đề nghị trả lời sớm."}, token=THU)
    desk.answered(complaint)
    desk.say(complaint, "rate", {"rating": 2, "comment": "Chưa rõ ràng"})
    answer = desk.call("GET", f"/complaints/{complaint.no}", token=token)
    for word in (*PERSONAL, "đơn vị cũ", "Công ty may", "trả lời sớm", "Chưa rõ", "lan", "minh"):
        assert word not in answer.text, word


@pytest.mark.rule("F8")
def test_a_mistyped_number_is_said_to_be_mistyped_and_an_unknown_one_to_be_unknown(lite):
    lite.filed()
    for no, kind in (("PA-261102-000001-0", "wrong-complaint-number"), ("PA-261121-999999-4", "no-such-complaint")):
        answer = lite.call("GET", f"/complaints/{no}", code="ABCD-EFGH-JKLM-NPQR")
        assert (answer.status_code, answer.json["type"]) == (404, f"urn:vss:problem:{kind}")


@pytest.mark.rule("A13", "F8")
def test_strangers_who_try_codes_do_not_keep_the_citizen_away(desk):
    complaint = desk.answered()
    for address in range(10):
        headers = {"X-Tracking-Code": "ABCD-EFGH-JKLM-NPQR"}
        elsewhere = {"headers": headers, "environ_base": {"REMOTE_ADDR": f"198.51.100.{address}"}}
        for _ in range(20):
            rated = desk.call("POST", f"/complaints/{complaint.no}/rate", json={"rating": 1}, **elsewhere)
            assert rated.status_code in (404, 429)
    assert desk.show(complaint, code=complaint.code)["content"] is not None
    assert desk.say(complaint, "rate", {"rating": 5}).status_code == 200
    assert desk.say(complaint, "reopen", {"reason": "Chưa giải quyết xong."}).status_code == 200


#: the operations on a complaint that need no token
OPEN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "", {}),
    ("POST", "/reply", {"json": {"words": "Công ty may"}}),
    ("POST", "/reopen", {"json": {"reason": "Chưa giải quyết xong."}}),
    ("POST", "/rate", {"json": {"rating": 5}}),
    ("GET", "/attachments/1", {}),
    ("PUT", "/attachments/1", {"data": b"x", "content_type": "image/jpeg"}),
)


@pytest.mark.rule("F8")
@pytest.mark.parametrize(("method", "what", "given"), OPEN)
@pytest.mark.parametrize("who", [{}, {"code": "AAAA-BBBB-CCCC-DDDD"}, {"token": "citizen:account-2:::"}])
def test_a_number_that_somebody_has_answers_outside_as_one_that_nobody_has(lite, method, what, given, who):
    theirs, nobodys = lite.filed().no, "PA-261121-999999-4"
    answers = [lite.call(method, f"/complaints/{no}{what}", **given, **who) for no in (theirs, nobodys)]
    bodies = [{name: text for name, text in answer.json.items() if name != "trace_id"} for answer in answers]
    assert bodies[0] == bodies[1]
    assert answers[0].status_code == (404 if who else 401)


@pytest.mark.rule("F8")
def test_the_code_may_be_typed_as_it_was_heard(lite):
    complaint = lite.filed()
    for typed in (complaint.code.lower(), complaint.code.replace("-", ""), f" {complaint.code.replace('-', ' ')} "):
        assert lite.show(complaint, code=typed)["content"] is not None


@pytest.mark.rule("F8")
@pytest.mark.parametrize(("what", "data"), [("reopen", {"reason": "Chưa giải quyết xong."}), ("rate", {"rating": 5})])
def test_only_whoever_filed_reopens_and_rates(lite, what, data):
    complaint = lite.answered()
    path = f"/complaints/{complaint.no}/{what}"
    assert lite.call("POST", path, json=data).status_code == 401
    for wrong in ({"code": "AAAA-BBBB-CCCC-DDDD"}, {"token": CITIZEN}):
        refused = lite.call("POST", path, json=data, **wrong)
        assert (refused.status_code, refused.json["type"]) == (404, "urn:vss:problem:no-such-complaint"), wrong
    for wrong in ({"token": OFFICER}, {"token": DIRECTOR}, {"token": SUPPORT}):
        refused = lite.call("POST", path, json=data, **wrong)
        assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-yours"), wrong
    assert lite.say(complaint, what, data).status_code == 200


REASON = {"reason": "Vẫn còn thiếu tháng 9 năm 2019."}


class TestReopening:
    """Within ten days of the answer (F8)."""

    pytestmark = pytest.mark.rule("F8")

    def test_the_same_province_answers_again_by_a_new_date(self, desk, later):
        complaint = desk.answered()
        later.on(days=9)
        reopened = desk.say(complaint, "reopen", REASON)
        assert (reopened.status_code, reopened.json["status"], reopened.json["province_code"]) == (200, "routed", "79")
        row = desk.row(complaint)
        assert (row.reopened_count, row.answered_at) == (1, None)
        assert row.answer_due.isoformat() == "2026-12-03T17:00:00+00:00"  # 15 working days after the 11th, without the 24th
        (told,) = desk.facts("complaint_reopened")
        assert [each["role"] for each in told.body["staff"]] == ["director", "board"]
        assert "tháng 9" not in str(told.body)
        assert desk.show(complaint, token=DIRECTOR)["content"]["reopen_reason"] == REASON["reason"]

    def test_after_ten_days_it_is_closed_and_a_new_one_is_linked(self, desk, later):
        complaint = desk.answered()
        # answered on the 2nd at 9:00, as row 2 of inputs.md has it: the tenth day ends at 24:00
        assert desk.row(complaint).reopen_until.astimezone(VIETNAM).isoformat() == "2026-11-13T00:00:00+07:00"
        later.to(datetime(2026, 11, 13, tzinfo=VIETNAM))
        refused = desk.say(complaint, "reopen", REASON)
        assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:reopening-over")
        desk.sweep()
        assert desk.row(complaint).status == "closed"
        (told,) = desk.facts("complaint_closed")
        assert told.body["in_time"] is True
        assert desk.say(complaint, "reopen", REASON).status_code == 409
        assert desk.row(desk.filed()).linked_to == complaint.no

    def test_what_was_answered_late_is_said_to_have_been_late(self, lite, later):
        complaint = lite.routed()
        later.on(days=30)
        lite.answered(complaint)
        later.on(days=11)
        lite.sweep()
        assert lite.facts("complaint_closed")[0].body["in_time"] is False

    def test_it_is_answered_reminded_and_escalated_anew(self, lite, later):
        complaint = lite.answered()
        lite.say(complaint, "reopen", REASON)
        later.on(days=60)
        lite.sweep()
        assert [each.body["level"] for each in lite.facts("complaint_overdue")] == [1, 2, 3]
        lite.answered(complaint, text="Đã bổ sung tháng 9 năm 2019 vào quá trình đóng.")
        assert lite.show(complaint, code=complaint.code)["content"]["answer"].startswith("Đã bổ sung tháng 9")

    def test_an_earlier_answer_stays_readable_meanwhile(self, lite):
        complaint = lite.answered()
        lite.say(complaint, "reopen", REASON)
        assert lite.show(complaint, code=complaint.code)["content"]["answer"] == ANSWER

    @pytest.mark.parametrize("at", [{"days": 10, "hours": 1}, {"days": 10, "hours": 14, "minutes": 59}])
    @pytest.mark.parametrize("answered", [{}, {"hours": 14, "minutes": 58}, {"hours": -8, "minutes": -59}])
    def test_the_tenth_day_lasts_until_midnight(self, desk, later, answered, at):
        """Row 2 of inputs.md, where the period is our own; whenever on the first day it was answered."""
        later.on(**answered)
        complaint = desk.answered()
        assert desk.row(complaint).reopen_until.astimezone(VIETNAM).isoformat() == "2026-11-13T00:00:00+07:00"
        later.to(datetime(2026, 11, 2, 9, tzinfo=VIETNAM) + timedelta(**at))
        desk.sweep()
        assert desk.say(complaint, "reopen", REASON).status_code == 200

    def test_what_is_not_answered_is_not_reopened(self, lite):
        assert lite.say(lite.routed(), "reopen", REASON).status_code == 409


class TestRating:
    pytestmark = pytest.mark.rule("F8")

    @pytest.mark.parametrize("rating", [1, 2, 3, 4, 5])
    def test_an_answer_is_rated_from_one_to_five(self, lite, rating):
        complaint = lite.answered()
        assert lite.say(complaint, "rate", {"rating": rating, "comment": "Cảm ơn."}).status_code == 200
        (told,) = lite.facts("complaint_rated")
        assert told.body["rating"] == rating
        assert "Cảm ơn" not in str(told.body)
        assert lite.show(complaint, token=DIRECTOR)["content"]["rating_comment"] == "Cảm ơn."

    @pytest.mark.parametrize("rating", [0, 6, -1, 2.5, "5", None, True])
    def test_nothing_else_is_a_rating(self, lite, rating):
        refused = lite.say(lite.answered(), "rate", {"rating": rating})
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] == "rating"

    def test_nothing_is_rated_before_there_is_an_answer(self, lite):
        assert lite.say(lite.routed(), "rate", {"rating": 5}).status_code == 409

    def test_the_last_word_counts_and_a_closed_one_may_still_be_rated(self, lite, later):
        complaint = lite.answered()
        lite.say(complaint, "rate", {"rating": 1})
        later.on(days=11)
        lite.sweep()
        assert lite.say(complaint, "rate", {"rating": 4}).status_code == 200
        assert lite.row(complaint).rating == 4


class TestDocuments:
    """Attachments by claim check."""

    pytestmark = pytest.mark.rule("F1")

    def test_the_citizen_sends_a_picture_and_staff_of_the_province_see_it(self, desk):
        complaint = desk.filed()
        put = desk.put(complaint, code=complaint.code)
        assert put.status_code == 200, put.text
        got = desk.call("GET", f"/complaints/{complaint.no}/attachments/1", token=OFFICER)
        assert (got.status_code, got.mimetype) == (200, "image/jpeg")
        assert got.headers["Content-Disposition"].startswith("attachment")
        (shown,) = desk.show(complaint, token=OFFICER)["content"]["attachments"]
        assert (shown["slot"], shown["sha256"]) == (1, put.json["sha256"])
        assert "document_id" not in shown

    def test_one_sent_again_replaces_the_first_which_is_deleted(self, desk):
        complaint = desk.filed()
        desk.put(complaint, code=complaint.code)
        (first,) = desk.row(complaint).attachments
        desk.put(complaint, code=complaint.code, content=picture("red"))
        (second,) = desk.row(complaint).attachments
        assert first["document_id"] != second["document_id"]
        desk.run_jobs()
        with pytest.raises(DocumentNotFound):
            desk.documents.get(first["document_id"])
        assert desk.documents.get(second["document_id"])

    def test_a_stranger_neither_sends_nor_sees_one(self, lite):
        complaint = lite.filed()
        lite.put(complaint, code=complaint.code)
        path = f"/complaints/{complaint.no}/attachments/1"
        assert lite.put(complaint).status_code == 401
        assert lite.call("GET", path).status_code == 401
        for wrong in ({"code": "AAAA-BBBB-CCCC-DDDD"}, {"token": CITIZEN}):
            assert lite.put(complaint, **wrong).status_code == 404, wrong
            assert lite.call("GET", path, **wrong).status_code == 404, wrong
        for wrong in ({"token": ELSEWHERE}, {"token": SUPPORT}, {"token": THU}):
            assert lite.put(complaint, **wrong).status_code == 403, wrong
            assert lite.call("GET", path, **wrong).status_code == 403, wrong

    def test_a_province_that_is_asked_sees_the_documents_while_it_is_asked(self, lite):
        complaint = lite.routed()
        lite.put(complaint, code=complaint.code)
        asked = lite.do(complaint, "coordinate", {"office_code": "01", "question": "Đề nghị đối chiếu."})
        path = f"/complaints/{complaint.no}/attachments/1"
        assert lite.call("GET", path, token=ELSEWHERE).status_code == 200
        lite.call("POST", f"/coordinations/{asked.json['coordination_id']}/withdraw", token=OFFICER)
        assert lite.call("GET", path, token=ELSEWHERE).status_code == 403

    def test_only_pictures_and_pdfs_in_five_places_until_it_is_answered(self, lite):
        complaint = lite.filed()
        assert lite.put(complaint, code=complaint.code, content=b"<svg/>").status_code == 415
        assert lite.put(complaint, code=complaint.code, content=b"GIF89a", content_type="image/jpeg").status_code == 415
        assert lite.put(complaint, slot=6, code=complaint.code).status_code == 404
        assert lite.put(complaint, slot=0, code=complaint.code).status_code == 404
        lite.answered(complaint)
        assert lite.put(complaint, code=complaint.code).status_code == 409

    def test_a_document_that_is_refused_is_not_kept(self, lite):
        complaint = lite.answered()
        assert lite.put(complaint, code=complaint.code).status_code == 409
        with lite.db.read() as session:
            assert session.scalar(sa.text("SELECT attachments FROM complaints")) in ("[]", [])
        assert len(lite.documents) == 0

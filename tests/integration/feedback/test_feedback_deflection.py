"""Nobody sends the citizen to another office (F4; 3717 §5a)."""

from typing import Any

import pytest

from tests.integration.feedback.desk import ANSWER, APPROVER, DIRECTOR, THU, Desk
from tests.stand.wordings import wordings

pytestmark = pytest.mark.rule("F4")

AWAY = "Sổ do nơi khác cấp, đề nghị ông/bà liên hệ BHXH tỉnh Cao Bằng để được giải quyết."
PHRASE = "liên hệ BHXH tỉnh Cao Bằng để"
WHY = "Người dân đã chuyển về Cao Bằng và tự đề nghị"


def kinds(desk: Desk, complaint: Any) -> list[str]:
    return [each["kind"] for each in desk.show(complaint, token=DIRECTOR)["work"]["history"]]


@pytest.mark.parametrize(
    "text",
    [
        "Việc này không thuộc thẩm quyền của BHXH Thành phố Hồ Chí Minh.",
        AWAY,
        "De nghi ong ba den BHXH tinh Cao Bang de duoc giai quyet.",
        "Đề nghị gửi lại nơi cấp sổ.",
    ],
)
def test_an_answer_that_sends_the_citizen_away_is_marked_and_not_approved(desk: Desk, text: str) -> None:
    complaint = desk.routed()
    assert desk.do(complaint, "answer", {"text": text}).json["warnings"]
    assert desk.show(complaint, token=DIRECTOR)["work"]["draft"]["warnings"]
    refused = desk.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:sends-away")
    assert refused.json["phrases"]
    assert "3717" in refused.json["detail"]
    assert "3717" in refused.json["detail_en"]
    assert not desk.facts("complaint_answered")
    # mended by its writer, it goes
    assert desk.do(complaint, "answer", {"text": ANSWER}).json["warnings"] == []
    assert desk.do(complaint, "answer/approve", {"version": 2}, token=DIRECTOR).status_code == 200


def test_of_all_collected_wordings_the_unlawful_are_marked_in_an_answer_and_the_lawful_are_not(desk: Desk) -> None:
    # whoever invites to the own office sends nobody away, and no wording names this one
    complaint, officer = desk.filed(office_code="96"), "officer:an:96:96:"
    assert desk.do(complaint, "route", {"unit": "Phòng Quản lý Thu"}, token=officer).status_code == 200

    def marked(text: str) -> bool:
        draft = desk.do(complaint, "answer", {"text": text}, token=officer)
        assert draft.status_code == 202, draft.text
        return bool(draft.json["warnings"])

    assert [text for text in wordings("another_office") if not marked(text)] == []
    assert [text for text in wordings("lawful") if marked(text)] == []


def test_a_director_insists_with_a_reason_which_the_board_sees_and_the_report_counts(desk: Desk) -> None:
    complaint = desk.routed(category_code=desk.category_of("thu-so-the"))
    desk.do(complaint, "answer", {"text": AWAY})
    for unexplained in ("", "vì vậy"):
        body = {"version": 1, "insists_because": unexplained}
        assert desk.do(complaint, "answer/approve", body, token=DIRECTOR).status_code == 422
    body = {"version": 1, "insists_because": WHY}
    assert desk.do(complaint, "answer/approve", body, token=DIRECTOR).status_code == 200
    (told,) = desk.facts("complaint_answered")
    assert (told.body["answer"], told.body["insisted"]) == (AWAY, True)
    seen = desk.show(complaint, token=THU)["work"]["history"]
    (insisted,) = (each for each in seen if each["kind"] == "insisted")
    assert insisted["details"] == {"what": "answer", "reason": WHY, "phrases": [PHRASE]}
    assert (insisted["actor"], insisted["role"]) == ("minh", "director")
    report = desk.call("GET", "/reports/complaints", token=THU).json
    assert report["totals"]["insisted"] == 1
    assert [each["insisted"] for each in report["provinces"] if each["code"] == "79"] == [1]
    # the public sees that it was so, and no words
    public = desk.show(complaint)
    assert WHY not in str(public)


def test_nobody_but_a_director_insists(lite: Desk) -> None:
    lite.configure(answer_approval="approver")
    complaint = lite.routed()
    lite.do(complaint, "answer", {"text": AWAY})
    body = {"version": 1, "insists_because": WHY}
    refused = lite.do(complaint, "answer/approve", body, token=APPROVER)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:only-director-insists")
    assert "insisted" not in kinds(lite, complaint)
    assert lite.do(complaint, "answer/approve", body, token=DIRECTOR).status_code == 200


def test_where_no_approval_is_needed_such_an_answer_waits_for_the_director(lite: Desk) -> None:
    lite.configure(answer_approval="none")
    complaint = lite.routed()
    assert lite.do(complaint, "answer", {"text": AWAY}).json["status"] == "draft"
    assert not lite.facts("complaint_answered")
    assert lite.do(complaint, "answer", {"text": ANSWER}).json["status"] == "sent"


def test_insisting_without_need_is_not_counted(lite: Desk) -> None:
    complaint = lite.routed()
    lite.do(complaint, "answer", {"text": ANSWER})
    body = {"version": 1, "insists_because": WHY}
    assert lite.do(complaint, "answer/approve", body, token=DIRECTOR).status_code == 200
    assert "insisted" not in kinds(lite, complaint)
    assert lite.facts("complaint_answered")[0].body["insisted"] is False


@pytest.mark.parametrize(
    "text",
    [
        "Mời ông/bà đến cơ quan BHXH gần nhất, hoặc gọi 1900 9068.",
        "Mời ông/bà đến BHXH Thành phố Hồ Chí Minh vào sáng thứ Hai để nhận sổ.",
        "Đề nghị ông/bà liên hệ công an phường để cấp đổi thẻ căn cước.",
        "Chúng tôi đã liên hệ BHXH tỉnh Cao Bằng và đã bổ sung quá trình đóng cho ông/bà.",
    ],
)
def test_a_lawful_answer_is_approved(desk: Desk, text: str) -> None:
    complaint = desk.routed()
    assert desk.do(complaint, "answer", {"text": text}).json["warnings"] == []
    assert desk.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR).status_code == 200


def test_a_question_may_not_send_the_citizen_away_either(lite: Desk) -> None:
    complaint = lite.routed()
    question = "Đề nghị ông/bà đến BHXH tỉnh Cao Bằng xin xác nhận rồi gửi lại cho chúng tôi?"
    refused = lite.do(complaint, "ask", {"question": question})
    assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:sends-away")
    assert "question_asked" not in kinds(lite, complaint), "a refusal changes nothing"
    assert lite.do(complaint, "ask", {"question": question, "insists_because": WHY}).status_code == 403
    body = {"question": question, "insists_because": WHY}
    assert lite.do(complaint, "ask", body, token=DIRECTOR).status_code == 200
    assert "insisted" in kinds(lite, complaint)

"""A complaint about an officer, an office or a director is handled by those whom it does not concern (F9). Both databases."""

import pytest

from tests.integration.feedback.desk import APPROVER, CENTRE, DIRECTOR, ELSEWHERE_DIRECTOR, OFFICER, THU

DESK = "board:tra:::thanh-tra"
STEPS = {
    "acknowledge": {},
    "route": {"unit": "Phòng Quản lý Thu"},
    "ask": {"question": "Việc xảy ra ngày nào, tại quầy nào?"},
    "answer": {"text": "Chúng tôi đã kiểm tra và chấn chỉnh cán bộ tiếp nhận."},
    "recategorise": {"category_code": "thai-do-phuc-vu", "reason": "Đúng với nội dung."},
    "about": {"about": None, "reason": "Không phải về cán bộ."},
}


def listed(desk, token):
    answer = desk.call("GET", "/complaints", token=token)
    assert answer.status_code == 200, answer.text
    return {line["complaint_no"] for line in answer.json["items"]}


def told(desk, name):
    return [each["email"] for each in desk.facts(name)[-1].body["staff"]]


@pytest.mark.rule("F9")
@pytest.mark.parametrize("about", ["officer", "office"])
def test_a_complaint_about_an_officer_or_an_office_is_handled_by_the_provinces_director_alone(desk, about):
    complaint = desk.filed(about=about)
    for token in (OFFICER, APPROVER):
        for step, data in STEPS.items():
            refused = desk.do(complaint, step, data, token=token)
            assert refused.status_code == 403, (step, refused.text)
        shown = desk.show(complaint, token=token)
        assert (shown["work"], shown["content"]) == (None, None)
        assert complaint.no not in listed(desk, token)
    shown = desk.show(complaint, token=DIRECTOR)
    assert shown["work"]["about"] == about
    assert shown["work"]["contact"]["full_name"] == "Nguyễn Thành Biên"
    assert complaint.no in listed(desk, DIRECTOR)
    draft = desk.do(complaint, "answer", STEPS["answer"], token=DIRECTOR)
    assert draft.status_code == 202, draft.text
    approved = desk.do(complaint, "answer/approve", {"version": draft.json["version"]}, token=DIRECTOR)
    assert approved.status_code == 200, approved.text
    assert desk.show(complaint)["status"] == "answered"


@pytest.mark.rule("F9")
def test_a_complaint_about_a_director_goes_to_the_desk_and_the_province_does_not_see_who_complained(desk):
    complaint = desk.filed(about="director")
    assert told(desk, "complaint_received")[0] == "thanh-tra@bhxh.example"
    assert "giam-doc.79@bhxh.example" not in told(desk, "complaint_received")
    for token in (OFFICER, APPROVER, DIRECTOR, ELSEWHERE_DIRECTOR):
        shown = desk.show(complaint, token=token)
        assert (shown["work"], shown["content"]) == (None, None)
        assert complaint.no not in listed(desk, token)
        assert desk.do(complaint, "acknowledge", token=token).status_code == 403
    assert desk.show(complaint)["accountable"]["title"] == "Vụ Thanh tra - Kiểm tra"
    assert listed(desk, DESK) == {complaint.no}
    assert desk.show(complaint, token=DESK)["work"]["contact"]["phone"] == "+84983847986"
    for step in ("acknowledge", "route"):
        assert desk.do(complaint, step, STEPS[step], token=DESK).status_code == 200
    draft = desk.do(complaint, "answer", STEPS["answer"], token=DESK)
    approved = desk.do(complaint, "answer/approve", {"version": draft.json["version"]}, token=DESK)
    assert approved.status_code == 200, approved.text
    assert desk.row(complaint).province_code == "79"


@pytest.mark.rule("F9", "F5")
def test_boards_still_watch_it_without_the_citizens_data(desk):
    complaint = desk.filed(about="director", category_code=desk.category_of("thu-so-the"))
    for token in (THU, CENTRE):
        work = desk.show(complaint, token=token)["work"]
        assert (work["contact"], work["draft"]) == (None, None)
        assert desk.do(complaint, "route", STEPS["route"], token=token).status_code == 403
    assert desk.do(complaint, "remind", token=THU).status_code == 200
    assert told(desk, "complaint_reminded") == ["thanh-tra@bhxh.example"]


@pytest.mark.rule("F9")
def test_the_desk_handles_nothing_else(desk):
    complaint = desk.filed()
    assert listed(desk, DESK) == set()
    assert desk.show(complaint, token=DESK)["work"] is None
    for step, data in STEPS.items():
        assert desk.do(complaint, step, data, token=DESK).status_code == 403, step


@pytest.mark.rule("F9")
def test_an_officer_who_reads_that_it_is_about_a_colleague_marks_it_and_sees_it_no_longer(desk):
    complaint = desk.routed()
    marked = desk.do(complaint, "about", {"about": "officer", "reason": "Phản ánh cán bộ quầy số 3."})
    assert marked.status_code == 200, marked.text
    assert told(desk, "complaint_marked") == ["giam-doc.79@bhxh.example"]
    assert desk.show(complaint, token=OFFICER)["work"] is None
    assert desk.do(complaint, "about", STEPS["about"]).status_code == 403
    history = desk.show(complaint, token=DIRECTOR)["work"]["history"]
    assert history[-1]["kind"] == "marked_about"
    assert history[-1]["details"] == {"about": "officer", "previous": None, "reason": "Phản ánh cán bộ quầy số 3."}
    back = desk.do(complaint, "about", STEPS["about"], token=DIRECTOR)
    assert back.status_code == 200, back.text
    assert desk.show(complaint, token=OFFICER)["work"] is not None


@pytest.mark.rule("F9", "F7")
def test_what_is_late_about_a_director_is_told_to_the_desk_first(desk, later):
    complaint = desk.filed(about="director")
    later(days=5)
    desk.sweep()
    assert desk.facts("complaint_overdue")[0].body["level"] == 1
    assert [each["email"] for each in desk.facts("complaint_overdue")[0].body["staff"]] == ["thanh-tra@bhxh.example"]


@pytest.mark.rule("F9")
def test_what_it_may_be_about_is_named_if_it_is_something_else(desk):
    refused = desk.file(about="minister")
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == ["about"]


@pytest.mark.rule("F9")
def test_the_documents_of_a_complaint_about_an_officer_are_the_directors_to_open(desk):
    complaint = desk.filed(about="officer")
    assert desk.put(complaint, code=complaint.code).status_code == 200
    path = f"/complaints/{complaint.no}/attachments/1"
    assert [desk.call("GET", path, token=token).status_code for token in (OFFICER, THU, DIRECTOR)] == [403, 403, 200]

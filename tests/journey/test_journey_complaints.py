"""A complaint from the first word to the rating: one province answers, others help, a board watches (F1-F8)."""

from dataclasses import replace

import pytest

from playground.citizen import Human
from playground.complaint import Complaint, code_in, complaint_of
from playground.inbox import Inbox
from playground.pictures import photo
from playground.stage import Stage

ANSWER = "BHXH Thành phố Hà Nội đã xác nhận; quá trình đóng từ tháng 3 đến tháng 8 năm 2019 đã được bổ sung."


def answered(stage: Stage, complaint: Complaint, office: str = "79") -> None:
    """The office takes it up, writes an answer, and the director sends it."""
    clerk, director = stage.desk("officer", office), stage.desk("director", office)
    clerk.takes_up(complaint.no)
    clerk.drafts(complaint.no, ANSWER)
    director.approves(complaint.no)
    complaint.until("answered")


def reached_at(human: Human, address: str) -> Human:
    return replace(human, email=address)


@pytest.mark.rule("F1", "F3", "F4", "F5", "F8", "N8")
def test_a_complaint_by_phone_is_answered_by_its_province_with_the_help_of_another_and_rated(stage: Stage) -> None:
    human = stage.human()
    phone = Inbox(stage.web, human.phone)
    director_mail, board_mail = stage.mailbox_of("province", "79"), stage.mailbox_of("board", "thu-so-the")
    complaint = stage.complains(human, "hotline")
    told = phone.until(complaint.no, "ma theo doi")
    assert code_in(told) == complaint.tracking
    assert "BHXH Thanh pho Ho Chi Minh" in told.text
    for mailbox in (director_mail, board_mail):
        new = mailbox.until("Phản ánh mới", complaint.no, channel="email")
        for private in (human.full_name, human.bhxh_code, human.phone, "Từ tháng 3"):
            assert private not in new.text + new.subject

    clerk, helper = stage.desk("officer", "79"), stage.desk("officer", "01")
    assert helper.opens(complaint.no)["content"] is None
    clerk.takes_up(complaint.no)
    request = clerk.coordinates(complaint.no, "01", "Đề nghị đối chiếu quá trình đóng năm 2019 tại đơn vị cũ.")
    stage.mailbox_of("province", "01").until("Đề nghị phối hợp", complaint.no, channel="email")
    seen = helper.opens(complaint.no)
    assert "Từ tháng 3" in seen["content"]["body"]
    assert seen["work"]["contact"] is None
    # asked for help is not accountable: the helper cannot answer the citizen
    helper.drafts(complaint.no, ANSWER, expect=403)

    board = stage.desk("board", board="thu-so-the")
    assert complaint.no in board.finds(status="routed")
    board.reminds(complaint.no, "Đề nghị trả lời sớm.")
    assert "Đề nghị trả lời sớm." in director_mail.until("đôn đốc", complaint.no, channel="email").text

    assert [one["complaint_no"] for one in helper.requests() if one["coordination_id"] == request] == [complaint.no]
    helper.helps(request, "Đơn vị cũ xác nhận đã đóng đủ từ tháng 3 đến tháng 8 năm 2019.")
    director_mail.until("trả lời phối hợp", complaint.no, channel="email")
    clerk.drafts(complaint.no, "Đang chờ xác minh thêm tại đơn vị cũ.")
    clerk.approves(complaint.no, expect=403)
    director = stage.desk("director", "79")
    director.gives_back(complaint.no, "Trả lời rõ các tháng đã được bổ sung.")
    clerk.drafts(complaint.no, ANSWER)
    director.approves(complaint.no)

    answer = phone.until(complaint.no, "tra loi phan anh")
    assert "qua trinh dong tu thang 3 den thang 8" in answer.text
    complaint.until("answered")
    complaint.rates(5, "Cảm ơn, đã đủ quá trình.")
    for kind in ("received", "acknowledged", "routed", "coordination_requested", "reminded", "answered", "rated"):
        assert kind in complaint.kinds
    assert complaint.follow()["accountable"]["office"]["province_code"] == "79"
    assert director.opens(complaint.no)["content"]["rating"] == 5


@pytest.mark.rule("F8", "F4")
def test_whoever_has_the_code_sees_steps_dates_and_who_answers_and_whoever_has_the_number_alone_sees_nothing(
    stage: Stage,
) -> None:
    human = reached_at(stage.human(), "theo-doi@example.vn")
    complaint = stage.complains(human)
    answered(stage, complaint)
    seen = complaint.follow()
    assert seen["accountable"]["office"]["name"] == "BHXH Thành phố Hồ Chí Minh"
    assert seen["board"]["code"] == "thu-so-the"
    assert seen["steps"][0]["kind"] == "received"
    elsewhere = stage.desk("officer", "48").opens(complaint.no)
    private = (human.full_name, human.bhxh_code, human.phone, "theo-doi@example.vn", "tháng 3", ANSWER[:20], "officer.79")
    for word in (*private, complaint.tracking or ""):
        assert word not in str(elsewhere), word
    assert elsewhere["content"] is None
    stage.web.call("GET", f"/feedback/complaints/{complaint.no[:-1]}{(int(complaint.no[-1]) + 1) % 10}", expect=404)
    complaint.call("GET", tracking=None, expect=401)
    complaint.call("GET", tracking="SAIS-AISA-ISAI-SAIS", expect=404)
    assert complaint.content()["answer"] == ANSWER


@pytest.mark.rule("F1", "F8")
def test_who_stays_unknown_follows_by_number_and_code_and_gets_no_message(stage: Stage) -> None:
    before = stage.web.call("GET", "/inbox")["messages"]
    complaint = stage.complains(None, channel="app")
    stage.mailbox_of("province", "79").until(complaint.no, channel="email")
    answered(stage, complaint)
    complaint.rates(4)
    assert complaint.content()["answer"] == ANSWER
    news = stage.web.call("GET", "/inbox")["messages"][len(before) :]
    assert {one["to"] for one in news if complaint.no in one["text"]} <= {
        stage.mailbox_of("province", "79").to,
        stage.mailbox_of("board", "thu-so-the").to,
    }


@pytest.mark.rule("F1")
def test_each_channel_takes_a_complaint_and_staff_write_down_what_comes_by_phone_mail_and_at_the_counter(
    stage: Stage,
) -> None:
    human = stage.human()
    for channel in ("web", "app", "hotline", "email"):
        assert stage.complains(human, channel).follow()["status"] == "received", channel
    counter = complaint_of(human, "counter")
    assert Complaint.file(stage.web, counter, stage.desk("officer", "79").token).follow()["status"] == "received"
    for channel in ("hotline", "email", "counter"):
        stage.web.call("POST", "/feedback/complaints", json=complaint_of(human, channel), expect=401)
    # a counter takes in for its own province
    elsewhere = stage.desk("officer", "01").token
    stage.web.call("POST", "/feedback/complaints", token=elsewhere, json=counter, expect=403)


@pytest.mark.rule("F1", "F8")
def test_whoever_is_signed_in_needs_no_code(stage: Stage) -> None:
    account = stage.registered()
    human = stage.citizen_of(account).human
    complaint = Complaint.file(stage.web, complaint_of(human, "app"), account.token)
    complaint.tracking, complaint.token = None, account.token
    answered(stage, complaint)
    assert complaint.content()["answer"] == ANSWER
    complaint.rates(3)
    stranger = stage.registered()
    complaint.call("GET", token=stranger.token, expect=404)
    complaint.call("POST", "/reopen", json={"reason": "Không phải của tôi."}, token=stranger.token, expect=404)


@pytest.mark.rule("F3", "F4")
def test_there_is_no_way_to_hand_a_complaint_to_another_province(stage: Stage) -> None:
    paths = stage.web.call("GET", "/feedback/openapi.json")["paths"]
    words = ("transfer", "forward", "handover", "hand-over", "assign", "chuyen")
    assert [path for path in paths for word in words if word in path] == []
    complaint = stage.complains(stage.human())
    for role in ("officer", "approver", "director"):
        stranger, own = stage.desk(role, "01"), stage.desk(role, "79")
        seen = stranger.opens(complaint.no)
        assert (seen["content"], seen["work"]) == (None, None)
        assert complaint.no not in stranger.finds()
        stranger.acknowledges(complaint.no, expect=403)
        for field in ("province_code", "office_code", "office"):
            stage.web.call("PATCH", f"/feedback/complaints/{complaint.no}", token=own.token, json={field: "01"}, expect=405)
    assert complaint.follow()["accountable"]["office"]["province_code"] == "79"


@pytest.mark.rule("F4", "F8", "N8")
def test_who_is_not_content_reopens_and_the_same_province_answers_again(stage: Stage) -> None:
    human = stage.human()
    phone = Inbox(stage.web, human.phone)
    complaint = stage.complains(human)
    answered(stage, complaint)
    complaint.rates(1, "Vẫn thiếu hai tháng cuối năm 2019.")
    complaint.reopens("Vẫn còn thiếu tháng 9 năm 2019.")
    phone.until(complaint.no, "da duoc mo lai")
    for kind, code in (("province", "79"), ("board", "thu-so-the")):
        stage.mailbox_of(kind, code).until("được mở lại", complaint.no, channel="email")
    seen = complaint.follow()
    assert (seen["status"], seen["accountable"]["office"]["province_code"]) == ("routed", "79")
    clerk = stage.desk("officer", "79")
    clerk.drafts(complaint.no, "Tháng 9 năm 2019 cũng đã được bổ sung.")
    stage.desk("director", "79").approves(complaint.no)
    phone.until(complaint.no, "Thang 9 nam 2019 cung da duoc bo sung")
    complaint.rates(5)


@pytest.mark.rule("F7", "N8")
def test_a_question_reaches_the_citizen_and_the_reply_reaches_the_office(stage: Stage) -> None:
    human = stage.human()
    complaint = stage.complains(human)
    clerk = stage.desk("officer", "79")
    clerk.takes_up(complaint.no)
    clerk.asks(complaint.no, "Ông/Bà còn giữ hợp đồng lao động năm 2019 không?")
    Inbox(stage.web, human.phone).until(complaint.no, "hop dong lao dong nam 2019")
    assert complaint.follow()["status"] == "waiting"
    assert "hợp đồng lao động" in complaint.content()["question"]
    complaint.replies("Tôi còn giữ, tôi gửi kèm ảnh chụp.")
    assert complaint.follow()["status"] == "routed"
    assert "tôi gửi kèm ảnh chụp" in clerk.opens(complaint.no)["content"]["reply"]
    # once is enough
    clerk.asks(complaint.no, "Ông/Bà còn giữ sổ BHXH không?", expect=409)


@pytest.mark.rule("F1")
def test_the_same_request_sent_twice_is_one_complaint(stage: Stage) -> None:
    body = complaint_of(stage.human())
    first = Complaint.file(stage.web, body, key="mot-lan-thoi-1")
    assert Complaint.file(stage.web, body, key="mot-lan-thoi-1").no == first.no


@pytest.mark.rule("F1", "F4")
def test_pictures_go_to_the_office_and_to_whoever_it_asks_and_to_nobody_else(stage: Stage) -> None:
    complaint = stage.complains(stage.human())
    path = f"/feedback/complaints/{complaint.no}/attachments/1"
    complaint.call("PUT", "/attachments/1", data=photo("so_bhxh", "1"))
    clerk, helper = stage.desk("officer", "79"), stage.desk("officer", "01")
    assert clerk.call("GET", path).startswith(b"\xff\xd8\xff")
    helper.call("GET", path, expect=403)
    stage.web.call("GET", path, expect=401)
    clerk.takes_up(complaint.no)
    request = clerk.coordinates(complaint.no, "01", "Đề nghị xem ảnh chụp sổ BHXH kèm theo.")
    assert request in [one["coordination_id"] for one in helper.requests()]
    assert helper.call("GET", path).startswith(b"\xff\xd8\xff")

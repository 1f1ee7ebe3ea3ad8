"""What becomes of a complaint when time passes: reminders, escalations, waiting, the end (F7, F8). The clock only goes forward."""

from datetime import datetime, time, timedelta

import pytest

from playground.inbox import Inbox
from playground.stage import Stage
from services.chassis.calendar import VIETNAM
from tests.journey.test_journey_complaints import answered


def until_after(stage: Stage, moment: str) -> None:
    """Time passes until a little after this moment; then on to the morning, so that quiet hours hold nothing back."""
    due = datetime.fromisoformat(moment).astimezone(VIETNAM) + timedelta(hours=10)
    stage.passes(seconds=(due - stage.now).total_seconds())


# first, while no other weeks have passed whose reports would be made before
@pytest.mark.rule("F6", "N8")
def test_when_a_week_is_over_its_report_is_made_kept_and_told_to_the_leadership(moving_stage: Stage) -> None:
    stage = moving_stage
    answered(stage, stage.complains(stage.human()))
    monday = stage.now.astimezone(VIETNAM).date() + timedelta(days=7 - stage.now.astimezone(VIETNAM).weekday())
    week = f"{monday - timedelta(days=1):%G-W%V}"
    until_after(stage, datetime.combine(monday, time(), VIETNAM).isoformat())
    mail = stage.mailbox_of("leadership", "vss").until(f"Tuần {int(week[-2:])}", channel="email")
    assert "Tiếp nhận trong kỳ: " in mail.text
    centre = stage.desk("board", board="cntt")
    made = centre.call("GET", f"/feedback/reports/periodic/weekly/{week}")
    assert made["report"]["totals"]["settled"] >= 1
    assert centre.call("GET", f"/feedback/reports/periodic/weekly/{week}/report.xlsx").startswith(b"PK")
    stage.desk("director", "79").call("GET", f"/feedback/reports/periodic/weekly/{week}", expect=403)


@pytest.mark.rule("F7", "N8")
def test_who_does_nothing_is_reminded_and_then_director_board_and_it_centre_hear_in_this_order(moving_stage: Stage) -> None:
    stage = moving_stage
    human = stage.human()
    phone = Inbox(stage.web, human.phone)
    director, board, centre = (
        stage.mailbox_of(kind, code) for kind, code in (("province", "79"), ("board", "thu-so-the"), ("board", "cntt"))
    )
    complaint = stage.complains(human, "hotline")
    phone.until(complaint.no)
    due = complaint.follow()["due"]

    until_after(stage, due["acknowledge"])
    late = director.until("QUÁ HẠN tiếp nhận", complaint.no, channel="email")
    assert "mức báo 1/3" in late.text
    stage.desk("officer", "79").takes_up(complaint.no)

    until_after(stage, due["answer"])
    director.until("QUÁ HẠN trả lời", complaint.no, channel="email")
    assert "xin loi Ong/Ba" in phone.until(complaint.no, "qua han tra loi").text
    assert complaint.follow()["late"] is True
    assert not [one for one in centre.all() if complaint.no in one.text]

    stage.passes_working_days(3)
    board.until("QUÁ HẠN trả lời", complaint.no, "mức báo 2/3", channel="email")
    stage.passes_working_days(3)
    centre.until("QUÁ HẠN trả lời", complaint.no, "mức báo 3/3", channel="email")
    complaint.until_step("overdue", step="answer", level=3)

    seen = complaint.follow()
    assert (seen["accountable"]["office"]["province_code"], seen["board"]["code"]) == ("79", "thu-so-the")
    late_answer = [one for one in phone.all() if "qua han tra loi" in one.text]
    assert len(late_answer) == 1
    # late is late, and still answered
    clerk = stage.desk("officer", "79")
    clerk.drafts(complaint.no, "Quá trình đóng của Ông/Bà đã được bổ sung. Chúng tôi xin lỗi vì đã chậm.")
    stage.desk("director", "79").approves(complaint.no)
    phone.until(complaint.no, "xin loi vi da cham")


@pytest.mark.rule("F7")
def test_an_office_is_reminded_before_the_answer_is_due(moving_stage: Stage) -> None:
    stage = moving_stage
    complaint = stage.complains(stage.human())
    clerk = stage.desk("officer", "79")
    clerk.takes_up(complaint.no)
    due = datetime.fromisoformat(complaint.follow()["due"]["answer"])
    stage.passes(seconds=(due - timedelta(hours=12) - stage.now).total_seconds())
    stage.mailbox_of("province", "79").until("sắp đến hạn trả lời", complaint.no, channel="email")
    assert complaint.follow()["late"] is False


@pytest.mark.rule("F7")
def test_an_office_that_is_asked_for_help_and_says_nothing_is_late_itself_and_the_complaint_stays(
    moving_stage: Stage,
) -> None:
    stage = moving_stage
    complaint = stage.complains(stage.human())
    clerk = stage.desk("officer", "79")
    clerk.takes_up(complaint.no)
    request = clerk.coordinates(complaint.no, "48", "Đề nghị đối chiếu quá trình đóng tại Đà Nẵng.")
    due = next(one for one in clerk.requests(side="asking") if one["coordination_id"] == request)["due_at"]
    until_after(stage, due)
    late = stage.mailbox_of("province", "48").until("QUÁ HẠN trả lời phối hợp", complaint.no, channel="email")
    assert "BHXH Thành phố Hồ Chí Minh" in late.text
    assert complaint.follow()["accountable"]["office"]["province_code"] == "79"


@pytest.mark.rule("F7")
def test_a_complaint_waits_five_working_days_for_its_citizen_and_then_goes_on(moving_stage: Stage) -> None:
    stage = moving_stage
    complaint = stage.complains(stage.human())
    clerk = stage.desk("officer", "79")
    clerk.takes_up(complaint.no)
    before = datetime.fromisoformat(complaint.follow()["due"]["answer"])
    clerk.asks(complaint.no, "Ông/Bà làm việc tại đơn vị nào năm 2019?")
    until_after(stage, complaint.follow()["waiting_until"])
    complaint.until("routed")
    seen = complaint.follow()
    assert datetime.fromisoformat(seen["due"]["answer"]) >= before + timedelta(days=5)
    complaint.replies("Tôi trả lời muộn.", expect=409)


@pytest.mark.rule("F8")
def test_ten_days_after_its_answer_a_complaint_is_closed_and_cannot_be_reopened(moving_stage: Stage) -> None:
    stage = moving_stage
    complaint = stage.complains(stage.human())
    answered(stage, complaint)
    stage.passes(days=11)
    complaint.until("closed")
    complaint.reopens("Vẫn chưa đúng.", expect=409)
    complaint.rates(2)
    assert complaint.follow()["status"] == "closed"

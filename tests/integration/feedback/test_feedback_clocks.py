"""The clocks of a complaint: working days, reminders, escalation, waiting for the citizen (F7)."""

from datetime import datetime, timedelta

import pytest

from services.chassis.calendar import VIETNAM
from tests.integration.feedback.desk import ANSWER, DIRECTOR

pytestmark = pytest.mark.rule("F7")


def day(month: int, number: int, hour: int = 0) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=VIETNAM)


#: filed on Monday, 2 November 2026: due at the end of Tuesday 3, Monday 9 and Monday 23
ACKNOWLEDGE, ROUTE, REPLY = day(11, 4), day(11, 10), day(11, 24)


def due(desk, complaint):
    row = desk.row(complaint)
    return row.acknowledge_due, row.routed_due, row.answer_due


def told(desk, name, *fields):
    return [tuple(each.body[field] for field in fields) for each in desk.facts(name)]


def test_one_five_and_fifteen_working_days(desk, later):
    assert due(desk, desk.filed()) == (ACKNOWLEDGE, ROUTE, REPLY)


def test_a_public_holiday_is_no_working_day(lite, later):
    later.to(day(11, 20, 9))  # a Friday; Tuesday 24 is Vietnam Culture Day
    assert lite.row(lite.filed()).routed_due == day(12, 1)  # the end of the 30th: 23, 25, 26, 27, 30


def test_a_category_may_have_days_of_its_own(make_lite, later):
    lite = make_lite()
    lite.change_category("khac", acknowledge_days=2, route_days=4, answer_days=6)
    assert due(lite, lite.filed()) == (day(11, 5), day(11, 7), day(11, 11))


def test_no_step_of_a_hasty_category_is_due_after_its_answer(make_lite, later):
    lite = make_lite()
    lite.change_category("khac", answer_days=2)
    assert due(lite, lite.filed()) == (day(11, 4), day(11, 5), day(11, 5))


def test_a_setting_changed_later_moves_no_clock_that_runs(make_desk, later):
    desk = make_desk()
    complaint = desk.routed()
    before = due(desk, complaint)
    other = make_desk(answer_days=30, wait_days=1)
    other.do(complaint, "ask", {"question": "Ông/bà cho biết tên đơn vị cũ?"})
    assert due(other, complaint) == before
    assert other.row(complaint).paused_until == day(11, 10)


def test_nothing_is_told_while_everything_is_in_time(desk, later):
    desk.routed()
    later.on(days=1)
    desk.sweep()
    assert not desk.facts("complaint_overdue")
    assert not desk.facts("complaint_due_soon")


def test_the_director_is_reminded_three_working_days_before_the_answer_is_due(desk, later):
    complaint = desk.routed()
    later.to(day(11, 18, 23))
    desk.sweep()
    assert not desk.facts("complaint_due_soon")
    later.to(day(11, 19, 1))
    desk.sweep()
    desk.sweep()
    (one,) = desk.facts("complaint_due_soon")
    assert (one.body["complaint_no"], one.body["step"]) == (complaint.no, "answer")
    assert datetime.fromisoformat(one.body["due_at"]) == REPLY
    assert [each["code"] for each in one.body["staff"]] == ["79"]


def test_a_late_answer_goes_to_the_director_then_the_board_then_the_it_centre(desk, later):
    complaint = desk.routed()
    # the 24th is a holiday: two working days after the 23rd are over with the 26th, five with the 1st of December
    for moment, level, role in ((REPLY, 1, "director"), (day(11, 27), 2, "board"), (day(12, 2), 3, "it_centre")):
        later.to(moment - timedelta(minutes=1))
        desk.sweep()
        assert desk.row(complaint).escalation_level == level - 1
        later.to(moment + timedelta(minutes=1))
        desk.sweep()
        desk.sweep()
        last = desk.facts("complaint_overdue")[-1].body
        assert (last["step"], last["level"], [each["role"] for each in last["staff"]]) == ("answer", level, [role])
        assert desk.row(complaint).escalation_level == level
    later.on(days=100)
    desk.sweep()
    assert told(desk, "complaint_overdue", "step", "level") == [("answer", 1), ("answer", 2), ("answer", 3)]
    assert desk.row(complaint).next_at is None


def test_a_complaint_that_nobody_touches_is_late_with_each_of_its_steps(lite, later):
    lite.filed()
    later.to(REPLY + timedelta(minutes=1))
    lite.sweep()
    late = told(lite, "complaint_overdue", "step", "level")
    assert late == [
        *(("acknowledge", level) for level in (1, 2, 3)),
        *(("route", level) for level in (1, 2, 3)),
        ("answer", 1),
    ]


def test_a_step_done_in_time_is_never_late(lite, later):
    complaint = lite.filed()
    lite.do(complaint, "acknowledge")
    later.to(ROUTE + timedelta(minutes=1))
    lite.sweep()
    assert told(lite, "complaint_overdue", "step", "level") == [("route", 1)]


def test_a_step_done_late_escalates_no_further(lite, later):
    complaint = lite.filed()
    later.to(ACKNOWLEDGE + timedelta(minutes=1))
    lite.sweep()
    lite.do(complaint, "route", {"unit": "Phòng Quản lý Thu"})
    later.to(REPLY - timedelta(minutes=1))
    lite.sweep()
    assert told(lite, "complaint_overdue", "step", "level") == [("acknowledge", 1)]


def test_a_clock_moved_over_many_days_tells_what_is_late_and_no_reminder(lite, later):
    lite.routed()
    later.on(days=60)
    lite.sweep()
    assert not lite.facts("complaint_due_soon")
    assert told(lite, "complaint_overdue", "level") == [(1,), (2,), (3,)]


class TestWaiting:
    """The clocks wait for the citizen, once, five working days at most."""

    QUESTION = "Ông/bà vui lòng cho biết tên đơn vị làm việc năm 2019."

    def asked(self, desk):
        complaint = desk.routed()
        assert desk.do(complaint, "ask", {"question": self.QUESTION}).status_code == 200
        return complaint

    def test_the_citizen_is_told_what_is_asked_and_until_when(self, desk, later):
        complaint = self.asked(desk)
        (one,) = desk.facts("question_asked")
        assert one.body["question"] == self.QUESTION
        assert datetime.fromisoformat(one.body["answer_until"]) == day(11, 10)
        assert desk.show(complaint)["waiting_until"] == day(11, 10).isoformat()
        assert self.QUESTION not in one.public

    def test_the_days_of_waiting_are_added_to_the_answers_date(self, desk, later):
        complaint = self.asked(desk)
        later.on(days=2)  # Wednesday: two working days
        assert desk.say(complaint, "reply", {"words": "Công ty may Hà Nội."}).status_code == 200
        row = desk.row(complaint)
        assert (row.status, row.answer_due) == ("routed", day(11, 27))  # the 23rd, then the 25th and 26th
        assert desk.show(complaint, token=DIRECTOR)["content"]["reply"] == "Công ty may Hà Nội."

    def test_a_reply_of_the_same_day_adds_nothing(self, lite, later):
        complaint = self.asked(lite)
        lite.say(complaint, "reply", {"words": "Công ty may."})
        assert lite.row(complaint).answer_due == REPLY

    def test_after_five_working_days_the_clocks_run_on_without_a_reply(self, desk, later):
        complaint = self.asked(desk)
        later.to(day(11, 10) - timedelta(minutes=1))
        desk.sweep()
        assert desk.row(complaint).status == "waiting"
        later.to(day(11, 10) + timedelta(minutes=1))
        desk.sweep()
        row = desk.row(complaint)
        assert (row.status, row.answer_due) == ("routed", day(12, 2))  # five working days more, without the 24th
        (one,) = desk.facts("complaint_resumed")
        assert one.body["replied"] is False

    def test_a_clock_that_stood_for_weeks_adds_no_more_than_five_days(self, lite, later):
        complaint = self.asked(lite)
        later.on(days=40)
        lite.sweep()
        assert lite.row(complaint).answer_due == day(12, 2)

    def test_nobody_is_late_while_the_citizen_is_asked(self, lite, later):
        complaint = lite.routed()
        later.to(REPLY - timedelta(hours=1))
        lite.do(complaint, "ask", {"question": self.QUESTION})
        later.to(REPLY + timedelta(days=1))
        lite.sweep()
        assert not lite.facts("complaint_overdue")
        assert lite.show(complaint)["late"] is False

    def test_what_was_late_before_stays_late(self, lite, later):
        complaint = lite.routed()
        later.to(REPLY + timedelta(hours=1))
        lite.sweep()
        lite.do(complaint, "ask", {"question": self.QUESTION})
        assert lite.show(complaint)["late"] is True
        lite.say(complaint, "reply", {"words": "Công ty may."})
        assert lite.row(complaint).answer_due == REPLY

    def test_the_clocks_wait_only_once(self, desk, later):
        complaint = self.asked(desk)
        desk.say(complaint, "reply", {"words": "Công ty may."})
        again = desk.do(complaint, "ask", {"question": self.QUESTION})
        assert (again.status_code, again.json["type"]) == (409, "urn:vss:problem:paused-once")

    def test_who_has_not_been_asked_cannot_reply(self, lite):
        complaint = lite.routed()
        assert lite.say(complaint, "reply", {"words": "Công ty may."}).status_code == 409

    def test_an_office_that_waits_answers_only_after_the_reply(self, lite, later):
        complaint = self.asked(lite)
        assert lite.do(complaint, "answer", {"text": ANSWER}).status_code == 409

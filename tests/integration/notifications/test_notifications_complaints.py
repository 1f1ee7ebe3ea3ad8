"""From feedback's facts to messages (N8): whoever filed, the director, the board, the IT centre; each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.chassis.calendar import VIETNAM
from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.ids import uuid7
from services.feedback import events as feedback
from services.notifications.complaints.readers import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintDueSoon,
    ComplaintMarked,
    ComplaintOverdue,
    ComplaintRecategorised,
    ComplaintReceived,
    ComplaintReminded,
    ComplaintReopened,
    CoordinationAnswered,
    CoordinationRequested,
    QuestionAsked,
    UrgentComplaint,
)
from services.notifications.handlers import HANDLERS
from services.notifications.messages.texts import MASK
from services.notifications.readers import CalendarChanged
from services.notifications.staff.readers import ReportMade
from tests.integration.notifications.desk import SEALER, Desk

BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn", "full_name": "Nguyễn Thành Biên"}
PHONE = BOTH | {"email": None}
EMAIL = BOTH | {"phone": None}
DAY, NIGHT = datetime(2026, 11, 23, 10, tzinfo=VIETNAM), datetime(2026, 11, 23, 23, tzinfo=VIETNAM)
CODE = "ABCD-EFGH-JKLM-NPQR"

DIRECTOR = {"role": "director", "code": "79", "name": "BHXH Thành phố Hồ Chí Minh", "email": "giamdoc.79@example.vn"}
BOARD = {"role": "board", "code": "cntt", "name": "Trung tâm Công nghệ thông tin", "email": "cntt@example.vn"}
CENTRE = BOARD | {"role": "it_centre"}
LEADERSHIP = {"role": "leadership", "code": "vss", "name": "BHXH Việt Nam", "email": "lanh-dao@example.vn"}
AT_DIRECTOR, AT_BOARD = "giamdoc.79@example.vn", "cntt@example.vn"

Case = tuple[type[Any], type[Any], dict[str, Any], list[tuple[str, str, str]]]

#: reader, fact, its changes, and what comes of it: (template, channel, address)
CASES: list[Case] = [
    (
        ComplaintReceived,
        feedback.ComplaintReceived,
        {"contact": BOTH, "sealed_tracking": None, "staff": [DIRECTOR, BOARD]},
        [
            ("complaint_received", "sms", "+84983847986"),
            ("complaint_received", "email", "biennt@vss.gov.vn"),
            ("staff_complaint_received", "email", AT_DIRECTOR),
            ("staff_complaint_received", "email", AT_BOARD),
        ],
    ),
    (
        ComplaintReceived,
        feedback.ComplaintReceived,
        {"contact": EMAIL, "sealed_tracking": None, "staff": []},
        [("complaint_received", "email", "biennt@vss.gov.vn")],
    ),
    (
        ComplaintReceived,
        feedback.ComplaintReceived,
        {"contact": None, "staff": [DIRECTOR]},
        [("staff_complaint_received", "email", AT_DIRECTOR)],
    ),
    (ComplaintClosed, feedback.ComplaintClosed, {}, []),
    (UrgentComplaint, feedback.UrgentComplaint, {}, [("duty_urgent_complaint", "sms", "+84901234567")]),
    (ComplaintMarked, feedback.ComplaintMarked, {"staff": [BOARD]}, [("staff_complaint_marked", "email", AT_BOARD)]),
    (
        ComplaintRecategorised,
        feedback.ComplaintRecategorised,
        {"staff": [BOARD]},
        [("staff_complaint_recategorised", "email", AT_BOARD)],
    ),
    (ComplaintRecategorised, feedback.ComplaintRecategorised, {"staff": []}, []),
    (QuestionAsked, feedback.QuestionAsked, {"contact": PHONE}, [("complaint_question", "sms", "+84983847986")]),
    (QuestionAsked, feedback.QuestionAsked, {"contact": None}, []),
    (
        CoordinationRequested,
        feedback.CoordinationRequested,
        {"staff": [DIRECTOR]},
        [("staff_coordination_requested", "email", AT_DIRECTOR)],
    ),
    (
        CoordinationAnswered,
        feedback.CoordinationAnswered,
        {"staff": [DIRECTOR]},
        [("staff_coordination_answered", "email", AT_DIRECTOR)],
    ),
    (
        ComplaintAnswered,
        feedback.ComplaintAnswered,
        {"contact": BOTH, "staff": [BOARD]},
        [
            ("complaint_answered", "sms", "+84983847986"),
            ("complaint_answered", "email", "biennt@vss.gov.vn"),
            ("staff_complaint_answered", "email", AT_BOARD),
        ],
    ),
    (
        ComplaintDueSoon,
        feedback.ComplaintDueSoon,
        {"staff": [DIRECTOR]},
        [("staff_complaint_due_soon", "email", AT_DIRECTOR)],
    ),
    (
        ComplaintOverdue,
        feedback.ComplaintOverdue,
        {"step": "answer", "level": 1, "contact": PHONE, "staff": [DIRECTOR]},
        [("complaint_late", "sms", "+84983847986"), ("staff_complaint_overdue", "email", AT_DIRECTOR)],
    ),
    (
        ComplaintOverdue,
        feedback.ComplaintOverdue,
        {"step": "answer", "level": 3, "contact": PHONE, "staff": [CENTRE]},
        [("staff_complaint_overdue", "email", AT_BOARD)],
    ),
    (
        ComplaintOverdue,
        feedback.ComplaintOverdue,
        {"step": "acknowledge", "level": 1, "contact": PHONE, "staff": [DIRECTOR]},
        [("staff_complaint_overdue", "email", AT_DIRECTOR)],
    ),
    (
        ComplaintReminded,
        feedback.ComplaintReminded,
        {"words": None, "staff": [DIRECTOR]},
        [("staff_complaint_reminded", "email", AT_DIRECTOR)],
    ),
    (
        ComplaintReopened,
        feedback.ComplaintReopened,
        {"contact": BOTH, "staff": [DIRECTOR, BOARD]},
        [
            ("complaint_reopened", "email", "biennt@vss.gov.vn"),
            ("staff_complaint_reopened", "email", AT_DIRECTOR),
            ("staff_complaint_reopened", "email", AT_BOARD),
        ],
    ),
    (ReportMade, feedback.ReportMade, {"staff": [LEADERSHIP]}, [("staff_report_made", "email", "lanh-dao@example.vn")]),
]


@pytest.mark.rule("N8", "F6", "F10")
def test_each_fact_about_a_complaint_becomes_the_messages_that_the_table_names(desk: Desk) -> None:
    for number, (reader, fact, changes, expected) in enumerate(CASES):
        before = {message.id for message in desk.messages()}
        # of each another one: a complaint is received once
        about = {"complaint_no": f"PA-261121-{number:06d}-0"} if fact.subject_field == "complaint_no" else {}
        with time_machine.travel(DAY, tick=True):
            desk.read(reader, fact.example | about, **changes)
        made = [message for message in desk.messages() if message.id not in before]
        assert sorted((m.template, m.channel, m.address) for m in made) == sorted(expected), (reader.__name__, changes)
        for message in made:
            assert message.ref == (fact.example | about)[fact.subject_field]
            assert (message.status, message.text, message.deadline_at) == ("waiting", None, None)
    assert len(desk.job_views()) == len(desk.messages())


def test_every_fact_about_a_complaint_that_is_read_stands_in_the_table_above() -> None:
    kept = {CalendarChanged.fact_name, HistoryHeadPublished.fact_name}
    from_feedback = {reader for reader in HANDLERS if reader.service == "feedback" and reader.fact_name not in kept}
    assert {reader for reader, *_ in CASES} == from_feedback


@pytest.mark.rule("N8")
def test_all_of_them_can_be_written_and_are_handed_over(desk: Desk) -> None:
    with time_machine.travel(DAY, tick=True):
        for reader, fact, changes, _ in CASES:
            desk.read(reader, fact.example, **changes)
        desk.run_jobs()
    assert {message.status for message in desk.messages()} == {"sent"}
    by_mail = [message for message in desk.messages() if message.channel == "email"]
    assert len(desk.mail.taken) == len(by_mail)
    to_staff = [mail for mail in desk.mail.taken if mail.to in (AT_DIRECTOR, AT_BOARD)]
    assert to_staff
    for mail in to_staff:
        for private in (
            *BOTH.values(),
            feedback.ComplaintAnswered.example["answer"],
            feedback.QuestionAsked.example["question"],
        ):
            assert str(private) not in mail.text + mail.html + mail.subject


@pytest.mark.rule("N8")
def test_two_of_the_staff_get_one_message_each_however_often_the_fact_comes(desk: Desk) -> None:
    id_ = uuid7()
    for _ in range(3):
        desk.read(ComplaintReopened, feedback.ComplaintReopened.example, id_=id_, contact=None, staff=[DIRECTOR, BOARD])
    assert sorted(str(message.address) for message in desk.messages()) == [AT_BOARD, AT_DIRECTOR]


@pytest.mark.rule("F2", "F7", "N8")
def test_the_it_centre_hears_as_a_board_and_as_the_last_level_though_it_is_the_same_mailbox(desk: Desk) -> None:
    desk.read(ComplaintOverdue, feedback.ComplaintOverdue.example, level=3, contact=None, staff=[BOARD, CENTRE])
    assert [message.address for message in desk.messages()] == [AT_BOARD, AT_BOARD]


@pytest.mark.rule("F8", "N8")
def test_the_tracking_code_reaches_the_phone_and_stays_nowhere(desk: Desk) -> None:
    number = feedback.ComplaintReceived.example["complaint_no"]
    box = SEALER.seal({"tracking_code": CODE}, f"tracking:{number}")
    with time_machine.travel(DAY, tick=True):
        desk.read(ComplaintReceived, feedback.ComplaintReceived.example, contact=BOTH, sealed_tracking=box, staff=[])
        desk.run_jobs()
    assert f"ma theo doi {CODE}." in desk.sms.texts[0]
    assert f"Mã theo dõi: {CODE}" in desk.mail.taken[0].text
    for message in desk.messages():
        assert message.text is not None
        assert MASK in message.text
        assert CODE not in message.text
    assert desk.payloads() == [None, None]


@pytest.mark.rule("F8", "N8")
def test_where_no_code_was_sealed_the_message_goes_without_one(desk: Desk) -> None:
    with time_machine.travel(DAY, tick=True):
        desk.read(ComplaintReceived, feedback.ComplaintReceived.example, contact=PHONE, sealed_tracking=None, staff=[])
        desk.run_jobs()
    (text,) = desk.sms.texts
    assert "ma theo doi" not in text
    assert MASK not in (desk.message().text or "")


@pytest.mark.rule("N8", "N10")
def test_at_night_an_answer_waits_and_the_number_of_a_new_complaint_does_not(desk: Desk) -> None:
    with time_machine.travel(NIGHT, tick=False):
        desk.read(ComplaintReceived, feedback.ComplaintReceived.example, contact=PHONE, sealed_tracking=None, staff=[])
        desk.read(ComplaintAnswered, feedback.ComplaintAnswered.example, contact=PHONE, staff=[BOARD])
    waits = {(m.template, m.channel): j.run_after for m in desk.messages() for j in desk.job_views() if j.key == str(m.id)}
    morning = datetime(2026, 11, 24, 7, tzinfo=VIETNAM)
    assert waits["complaint_received", "sms"] == NIGHT
    assert waits["staff_complaint_answered", "email"] == NIGHT
    assert morning <= waits["complaint_answered", "sms"] < morning + timedelta(minutes=30)

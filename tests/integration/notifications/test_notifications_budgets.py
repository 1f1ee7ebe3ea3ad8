"""Nobody can make us write to strangers without end: budgets of each phone, each matter, of strangers together, and of all (N19)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from typer.testing import CliRunner

from services.accounts import events as accounts
from services.chassis import clock, jobs
from services.chassis.ids import uuid7
from services.feedback import events as feedback
from services.notifications.budgets.ranks import COURTESIES, LAST, OF_PERSONS, OF_STRANGERS, Origin, Rank
from services.notifications.budgets.tables import Spent
from services.notifications.cli import app as cli
from services.notifications.complaints.readers import ComplaintAnswered, ComplaintReceived, UrgentComplaint
from services.notifications.dossiers.readers import AccountActivated, DeclarationSubmitted, PhoneCodeIssued
from services.notifications.holders.readers import OtpIssued, PasswordExpiring
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.rules import Message
from services.notifications.sms import port
from services.registration import events as registration
from tests.integration.notifications.desk import Desk, code_box, password_box

pytestmark = pytest.mark.rule("N19")

#: no quiet hours
AT_ANY_HOUR = {"quiet_from_hour": 7, "quiet_until_hour": 7}
DeskMaker = Callable[..., Desk]


def phone(number: int) -> dict[str, Any]:
    return {"phone": f"+849{number:08d}", "email": None}


def work(desk: Desk) -> None:
    """Send what may be sent now; what waits for a budget goes on waiting."""

    def idle() -> bool:
        with desk.db.read() as session:
            return not any(
                job.state is jobs.State.RUNNING or (job.state is jobs.State.WAITING and job.run_after <= clock.now())
                for job in jobs.list_jobs(session)
            )

    desk.run_jobs(idle)


def complaint(desk: Desk, number: int, contact: dict[str, Any]) -> None:
    desk.read(
        ComplaintReceived,
        feedback.ComplaintReceived.example,
        complaint_no=f"PA-261123-{number:06d}-2",
        contact=contact,
        sealed_tracking=None,
        staff=[],
    )


def code(desk: Desk, contact: dict[str, Any]) -> None:
    otp_id, soon = str(uuid7()), (clock.now() + timedelta(minutes=5)).isoformat()
    desk.read(
        OtpIssued,
        accounts.OtpIssued.example,
        otp_id=otp_id,
        purpose="takeover",
        sealed_code=code_box("123456", otp_id),
        expires_at=soon,
        contact=contact,
        account_id=str(uuid7()),
    )


def held(desk: Desk) -> list[Message]:
    return [message for message in desk.messages() if message.held_at is not None]


def sent(desk: Desk) -> list[str]:
    return sorted(message.template for message in desk.messages() if message.sent_at is not None)


def test_ten_thousand_complaints_that_name_one_phone_send_it_a_few_sms_and_its_owner_still_gets_codes(
    make_desk: DeskMaker,
) -> None:
    desk = make_desk(messages_per_addressee_day=10)
    for number in range(12):
        complaint(desk, number, phone(1))
    work(desk)
    # strangers have half of it, and courtesies six tenths of that
    assert len(desk.sms.taken) == 3
    assert {message.code for message in held(desk)} == {"budget_addressee"}
    code(desk, phone(1))
    complaint(desk, 99, phone(2))
    work(desk)
    assert [text for text in desk.sms.texts if "OTP" in text]
    assert {sms.to for _, _, sms in desk.sms.taken} == {phone(1)["phone"], phone(2)["phone"]}


def test_what_strangers_cause_never_uses_up_what_decisions_and_holders_need(make_desk: DeskMaker) -> None:
    desk = make_desk(sms_budget_hour=20, strangers_percent=50)
    for number in range(30):
        complaint(desk, number, phone(number))
    work(desk)
    assert len(desk.sms.taken) == 6
    assert {message.code for message in held(desk)} == {"budget_strangers"}
    account_id = str(uuid7())
    box = password_box("Wm42-Wm42", account_id)
    desk.read(
        AccountActivated, accounts.AccountActivated.example, account_id=account_id, sealed_credential=box, contact=phone(77)
    )
    code(desk, phone(78))
    work(desk)
    assert {"account_activated", "otp"} <= set(sent(desk))


def test_as_the_budget_in_all_comes_to_its_end_courtesies_stop_first_and_codes_last(make_desk: DeskMaker) -> None:
    desk = make_desk(sms_budget_day=10, strangers_percent=100, **AT_ANY_HOUR)
    for number in range(8):
        reminder = accounts.PasswordExpiring.example | {"account_id": str(uuid7()), "contact": phone(number)}
        desk.read(PasswordExpiring, reminder)
    work(desk)
    assert sent(desk) == ["password_expiring"] * 6
    for number in range(4):
        desk.read(
            DeclarationSubmitted,
            registration.DeclarationSubmitted.example,
            dossier_no=f"261121-{number:06d}-6",
            contact=phone(100 + number),
        )
    work(desk)
    assert sent(desk).count("declaration_submitted") == 2
    for number in range(3):
        code(desk, phone(200 + number))
    work(desk)
    assert sent(desk).count("otp") == 2
    assert {message.code for message in held(desk)} == {"budget"}


def test_what_is_held_goes_out_by_itself_in_the_next_window_and_nothing_is_lost(make_desk: DeskMaker) -> None:
    desk = make_desk(sms_budget_hour=4, strangers_percent=100)
    for number in range(4):
        complaint(desk, number, phone(number))
    work(desk)
    assert (len(desk.sms.taken), len(held(desk))) == (2, 2)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        work(desk)
    assert (len(desk.sms.taken), len(held(desk))) == (4, 0)


def test_after_three_days_it_is_given_up_and_told_since_late_news_is_worse_than_none(make_desk: DeskMaker) -> None:
    desk = make_desk(messages_per_matter_day=1, **AT_ANY_HOUR)
    for number in (1, 2):
        desk.read(ComplaintAnswered, feedback.ComplaintAnswered.example, contact=phone(number), staff=[])
    work(desk)
    (waiting,) = held(desk)
    later = clock.now() + timedelta(hours=73)
    with desk.db.write() as session:  # somebody else was quicker in each new window
        session.execute(sa.update(Spent).values(count=1_000, until=later + timedelta(days=1)))
    with time_machine.travel(later, tick=True):
        work(desk)
    ended = next(message for message in desk.messages() if message.id == waiting.id)
    assert (ended.status, ended.code) == ("failed", "over_budget")
    assert "message_failed" in {fact for fact, _, _ in desk.told()}


def test_a_message_counts_once_however_often_it_is_tried(make_desk: DeskMaker) -> None:
    desk = make_desk(sms_budget_hour=10, strangers_percent=100)
    desk.sms.faults += [port.SmsUnavailable("away")] * 5
    complaint(desk, 1, phone(1))
    for tries in range(6):
        with time_machine.travel(clock.now() + timedelta(minutes=10 * tries), tick=True):
            work(desk)
    assert len(desk.sms.taken) == 1
    with desk.db.read() as session:
        assert session.scalar(sa.select(Spent.count).where(Spent.key == "sms:all:3600")) == 1


@pytest.mark.rule("F10")
def test_a_phone_of_the_duty_list_is_woken_so_often_an_hour_and_never_for_what_is_over(make_desk: DeskMaker) -> None:
    desk = make_desk(duty_sms_per_hour=3)
    due = clock.now() + timedelta(minutes=30)
    for number in range(6):
        desk.read(
            UrgentComplaint,
            feedback.UrgentComplaint.example,
            complaint_no=f"PA-261123-{number:06d}-2",
            answer_due=due.isoformat(),
        )
    work(desk)
    assert (len(desk.sms.taken), len(held(desk))) == (3, 3)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        work(desk)
    assert len(desk.sms.taken) == 3
    assert {message.code for message in desk.messages() if message.status == "failed"} == {"expired"}


def test_a_director_whose_province_is_flooded_gets_no_endless_mail(make_desk: DeskMaker) -> None:
    desk = make_desk(emails_per_staff_day=10)
    director = {"role": "director", "code": "79", "name": "Giám đốc", "email": "giamdoc.79@example.vn"}
    for number in range(9):
        desk.read(
            ComplaintReceived,
            feedback.ComplaintReceived.example,
            complaint_no=f"PA-261123-{number:06d}-2",
            contact=None,
            staff=[director],
        )
    work(desk)
    assert len(desk.mail.taken) == 3


def test_codes_and_decisions_are_the_last_that_are_held_and_what_anybody_may_file_has_its_own_budget() -> None:
    with_secret = {name for name, template in TEMPLATES.items() if template.secret in ("code", "password")}
    last = {name for name, template in TEMPLATES.items() if template.rank is Rank.LAST}
    assert with_secret | {"declaration_rejected", "complaint_answered", "account_stopped", "new_device"} <= last
    strangers = {name for name, template in TEMPLATES.items() if template.origin is Origin.STRANGER}
    assert {"phone_code", "declaration_submitted", "complaint_received", "staff_complaint_received"} <= strangers
    assert TEMPLATES.keys() >= OF_STRANGERS | OF_PERSONS | COURTESIES | LAST
    assert not COURTESIES & LAST | OF_STRANGERS & OF_PERSONS
    assert not strangers & {"account_activated", "declaration_rejected", "complaint_answered", "otp"}


def test_a_reset_that_anybody_may_ask_for_is_a_strangers_and_a_code_for_the_holder_is_not(make_desk: DeskMaker) -> None:
    desk = make_desk(sms_budget_hour=4, strangers_percent=50)
    for number in range(3):
        desk.read(
            PhoneCodeIssued,
            registration.PhoneCodeIssued.example,
            draft_id=str(uuid7()),
            contact=phone(number),
            sealed_code=None,
        )
        otp_id = str(uuid7())
        desk.read(
            OtpIssued,
            accounts.OtpIssued.example,
            otp_id=otp_id,
            purpose="password_reset",
            sealed_code=code_box("123456", otp_id),
            expires_at=(clock.now() + timedelta(minutes=5)).isoformat(),
            contact=phone(10 + number),
            account_id=str(uuid7()),
        )
    work(desk)
    assert len(desk.sms.taken) == 2
    code(desk, phone(99))
    work(desk)
    assert len(desk.sms.taken) == 3


def test_operators_see_what_is_used_and_begin_a_window_anew(make_desk: DeskMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = make_desk(sms_budget_hour=4, strangers_percent=100)
    for number in range(4):
        complaint(desk, number, phone(number))
    work(desk)
    assert len(desk.sms.taken) == 2
    monkeypatch.setenv("NOTIFICATIONS_DATABASE_URL", desk.database_url)
    monkeypatch.setenv("NOTIFICATIONS_SMS_BUDGET_HOUR", "4")
    monkeypatch.setenv("NOTIFICATIONS_STRANGERS_PERCENT", "100")

    def seen(*arguments: str) -> dict[tuple[str, str, int], tuple[int, int]]:
        result = CliRunner().invoke(cli, ["budgets", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        rows = json.loads(result.stdout)["budgets"]
        return {(row["channel"], row["budget"], row["hours"]): (row["used"], row["most"]) for row in rows}

    assert seen()["sms", "budget", 1] == (2, 4)
    assert seen("reset", "sms")["sms", "budget", 1] == (0, 4)
    assert CliRunner().invoke(cli, ["budgets", "reset", "fax"]).exit_code == 2
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=True):
        work(desk)
    assert len(desk.sms.taken) == 4

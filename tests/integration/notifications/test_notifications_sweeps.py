"""Deadlines that were missed are told once; what is old is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from services.notifications.dossiers.readers import DeclarationRejected
from services.notifications.messages import codes
from services.notifications.sms import port as sms
from services.verification import events as verification
from tests.integration.notifications.desk import Desk

PHONE = {"phone": "+84983847986", "email": None}
COMPLETE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def reject(desk: Desk, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        desk.read(
            DeclarationRejected, verification.DeclarationRejected.example, contact=PHONE, complete_at=COMPLETE.isoformat()
        )


@pytest.mark.rule("N3", "N4")
def test_a_message_handed_over_in_time_misses_nothing(desk: Desk) -> None:
    reject(desk, COMPLETE + timedelta(minutes=1))
    with time_machine.travel(COMPLETE + timedelta(minutes=2), tick=True):
        desk.run_jobs()
    with time_machine.travel(COMPLETE + timedelta(hours=2), tick=False):
        assert desk.sweep_one("watch_deadlines") == 0
    assert not desk.message().missed


@pytest.mark.rule("N3", "N4")
def test_a_message_not_yet_handed_over_at_its_deadline_is_told_once(desk: Desk) -> None:
    reject(desk, COMPLETE + timedelta(minutes=1))
    with time_machine.travel(COMPLETE + timedelta(minutes=14, seconds=59), tick=False):
        assert desk.sweep_one("watch_deadlines") == 0
    with time_machine.travel(COMPLETE + timedelta(minutes=15), tick=False):
        assert desk.sweep_one("watch_deadlines") == 1
        assert desk.sweep_one("watch_deadlines") == 0
    ((fact, data, _),) = desk.told()
    assert fact == "deadline_missed"
    assert data["clock"] == "15-minutes"
    assert datetime.fromisoformat(data["deadline_at"]) == COMPLETE + timedelta(minutes=15)
    with time_machine.travel(COMPLETE + timedelta(minutes=16), tick=True):
        desk.run_jobs()
        assert desk.sweep_one("watch_deadlines") == 0
    assert [(fact, revision) for fact, _, revision in desk.told()] == [("deadline_missed", 1), ("message_sent", 2)]


@pytest.mark.rule("N3", "N4")
def test_a_message_handed_over_late_is_told_too(desk: Desk) -> None:
    reject(desk, COMPLETE + timedelta(minutes=20))
    with time_machine.travel(COMPLETE + timedelta(minutes=20), tick=True):
        desk.run_jobs()
        assert desk.sweep_one("watch_deadlines") == 1
    assert [fact for fact, *_ in desk.told()] == ["message_sent", "deadline_missed"]


@pytest.mark.rule("N3")
def test_a_refused_message_has_missed_its_deadline_when_that_comes(desk: Desk) -> None:
    desk.sms.faults.append(sms.SmsRefused(codes.INVALID_NUMBER, "HTTP 400"))
    reject(desk, COMPLETE + timedelta(minutes=1))
    with time_machine.travel(COMPLETE + timedelta(minutes=2), tick=True):
        desk.run_jobs()
    with time_machine.travel(COMPLETE + timedelta(minutes=16), tick=False):
        assert desk.sweep_one("watch_deadlines") == 1
    assert [fact for fact, *_ in desk.told()] == ["message_failed", "deadline_missed"]


def test_addresses_and_texts_are_forgotten_and_what_became_of_it_is_not(desk: Desk) -> None:
    reject(desk, COMPLETE)
    with time_machine.travel(COMPLETE, tick=True):
        desk.run_jobs()
    assert desk.message().text
    with time_machine.travel(COMPLETE + timedelta(days=89), tick=False):
        assert desk.sweep_one("erase_addresses") == 0
    with time_machine.travel(COMPLETE + timedelta(days=91), tick=False):
        assert desk.sweep_one("erase_addresses") == 1
    message = desk.message()
    assert (message.address, message.text) == (None, None)
    assert message.status == "sent"
    assert message.provider_id


def test_a_job_that_was_given_up_forgets_the_address_too(database_url: str) -> None:
    desk = Desk(database_url, sms_max_attempts=1)
    desk.sms.faults.append(sms.SmsUnavailable("away"))
    reject(desk, COMPLETE)
    with time_machine.travel(COMPLETE, tick=True):
        desk.run_jobs()
    assert "+84983847986" in (desk.payloads()[0] or "")
    with time_machine.travel(COMPLETE + timedelta(days=91), tick=False):
        assert desk.sweep_one("erase_addresses") == 1
    assert desk.payloads() == [None]
    desk.close()

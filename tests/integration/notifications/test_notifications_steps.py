"""The usual steps of a message are one statement each: they do what the row's own methods do, or nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.notifications.messages.receipts import Receipt
from services.notifications.messages.rules import DELIVERED, FAILED, SENT, WAITING, Message
from services.notifications.messages.updates import (
    is_known_as_sent,
    lock_message,
    mark_delivered_if_sent,
    mark_sent_if_waiting,
)
from tests.integration.notifications.desk import Desk

NOW = clock.now().replace(microsecond=250_000)
ARRIVED = Receipt(delivered=True)
SID, OTHER = "SM" + "0" * 32, "SM" + "1" * 32
HEARD = {"provider_id": SID, "sent_at": NOW - timedelta(seconds=1), "text": "x", "segments": 1, "revision": 1}
STATES: list[dict[str, Any]] = [
    {"status": WAITING},
    {"status": WAITING, "deadline_at": NOW + timedelta(seconds=1), "watched_until": NOW + timedelta(seconds=1)},
    {"status": WAITING, "deadline_at": NOW, "watched_until": NOW},
    {"status": WAITING, "deadline_at": NOW - timedelta(seconds=1), "watched_until": NOW - timedelta(seconds=1)},
    {"status": WAITING, "deadline_at": NOW - timedelta(seconds=1), "missed": True, "revision": 1},
    {"status": SENT, **HEARD},
    {"status": SENT, **HEARD, "provider_id": OTHER},
    {"status": SENT, **HEARD, "receipt_due": NOW + timedelta(minutes=15)},
    {"status": SENT, **HEARD, "code": "unconfirmed", "receipts_asked": 5},
    {"status": WAITING, "held_at": NOW - timedelta(minutes=1), "code": "credentials"},
    {"status": DELIVERED, **HEARD, "delivered_at": NOW, "revision": 2},
    {"status": FAILED, "failed_at": NOW, "code": "tries_used_up", "revision": 1},
    {"status": FAILED, "failed_at": NOW, "code": "unreachable_number", "provider_id": SID, "revision": 1},
    {"status": FAILED, **HEARD, "failed_at": NOW, "code": "refused", "revision": 2},
]


def put(desk: Desk, state: dict[str, Any]) -> uuid.UUID:
    id_ = uuid.uuid4()
    row = {"id": id_, "template": "otp", "channel": "sms", "ref": "r", "urgency": "otp", "missed": False, "revision": 0}
    with desk.db.write() as session:
        session.execute(sa.insert(Message), {**row, "created_at": NOW - timedelta(minutes=1), **state})
    return id_


def locked(session: Session, id_: uuid.UUID) -> Message:
    message = lock_message(session, id_)
    assert message is not None
    return message


def after(desk: Desk, id_: uuid.UUID) -> tuple[dict[str, Any], list[Any]]:
    """The row without its id, and what has been told of it."""
    with desk.db.read() as session:
        row = dict(session.execute(sa.select(Message.__table__).where(Message.id == id_)).mappings().one())
    told = [
        (name, data | {"message_id": ""}, revision)
        for name, data, revision in desk.told()
        if data.get("message_id") == str(id_)
    ]
    return row | {"id": None}, told


@pytest.mark.parametrize("state", STATES, ids=lambda state: state["status"])
def test_being_handed_over_in_one_statement_is_the_same_as_by_the_row(desk: Desk, state: dict[str, Any]) -> None:
    told: dict[str, Any] = {"at": NOW, "provider_id": SID, "text": "text", "segments": 2}
    told |= {"road": "aws", "late_from": NOW + timedelta(seconds=120)}
    by_row, usual = put(desk, state), put(desk, state)
    with desk.db.write() as session:
        locked(session, by_row).mark_sent(**told)
    with desk.db.write() as session:
        if done := mark_sent_if_waiting(session, usual, **told):
            assert state["status"] == WAITING
        else:
            locked(session, usual).mark_sent(**told)
    assert done == (state["status"] == WAITING and "held_at" not in state)
    assert after(desk, usual) == after(desk, by_row)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state["status"])
def test_arriving_in_one_statement_is_the_same_as_by_the_row(desk: Desk, state: dict[str, Any]) -> None:
    def by_the_row(id_: uuid.UUID) -> None:
        message = locked(session, id_)
        message.take_receipt(ARRIVED, at=NOW, provider_id=SID)

    by_row, usual = put(desk, state), put(desk, state)
    with desk.db.write() as session:
        by_the_row(by_row)
    with desk.db.write() as session:
        done = mark_delivered_if_sent(session, usual, at=NOW, provider_id=SID)
        if not done:
            by_the_row(usual)
    assert done == (state["status"] == SENT and state["provider_id"] == SID and "code" not in state)
    assert after(desk, usual) == after(desk, by_row)


def test_what_is_known_of_a_message_is_whether_it_was_handed_over(desk: Desk) -> None:
    found = [put(desk, state) for state in STATES]
    with desk.db.read() as session:
        assert [is_known_as_sent(session, id_) for id_ in found] == ["sent_at" in state for state in STATES]
        assert is_known_as_sent(session, uuid.uuid4()) is None


@pytest.mark.rule("A2")
def test_the_failure_of_a_first_password_and_its_end_are_told_to_whoever_approved_the_dossier(desk: Desk) -> None:
    def reports() -> list[tuple[str, str | None]]:
        facts = [body for name, body, _ in desk.told() if name == "password_delivery_reported"]
        return [(body["outcome"], body["code"]) for body in facts]

    waiting = put(desk, STATES[0])
    with desk.db.write() as session:
        message = locked(session, waiting)
        message.template, message.channel, message.ref = "account_activated", "sms", "261121-000001-6"
        message.mark_failed(at=NOW, code="unreachable_number")
    assert reports() == [("failed", "unreachable_number")]
    with desk.db.write() as session:
        locked(session, waiting).take_receipt(ARRIVED, at=NOW, provider_id=SID)
    assert reports()[0] == ("failed", "unreachable_number")
    assert reports()[-1][0] in ("sent", "delivered")


@pytest.mark.rule("A2")
@pytest.mark.parametrize(("template", "channel"), [("account_activated", "email"), ("password_changed", "sms")])
def test_no_other_failure_is_reported_to_offices(desk: Desk, template: str, channel: str) -> None:
    waiting = put(desk, STATES[0])
    with desk.db.write() as session:
        message = locked(session, waiting)
        message.template, message.channel = template, channel
        message.mark_failed(at=NOW, code="unreachable_number")
    assert "password_delivery_reported" not in [name for name, *_ in desk.told()]

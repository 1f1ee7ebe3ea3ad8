"""Ask providers what became of messages of which no report came: a sweep finds them, a job asks (docs/providers.md)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.sweeps import Limit, Sweep
from services.notifications.messages.receipts import Receipt, next_question
from services.notifications.messages.rules import Message
from services.notifications.messages.updates import lock_message

#: the job kinds that ask, by channel
KINDS = {"sms": "sms_receipt", "email": "email_receipt"}
_CONCURRENCY, _MOST_TRIES, _LONGEST_DELAY_SECONDS = 4, 5, 60.0


def asking_kind(channel: str, ask: Callable[[str, str | None], Receipt]) -> JobKind:
    """Return the job kind that asks the provider of this channel; `ask` takes its id of the message, and the road by which it went."""

    def call(job: Job) -> Receipt:
        return ask(job.payload["provider_id"], job.payload.get("road"))

    return JobKind(
        KINDS[channel],
        call,
        _record,
        _leave,
        max_attempts=_MOST_TRIES,
        longest_delay_seconds=_LONGEST_DELAY_SECONDS,
        concurrency=_CONCURRENCY,
        keep_payload=False,
    )


def _record(session: Session, job: Job, receipt: Receipt) -> None:
    message = lock_message(session, uuid.UUID(job.payload["message_id"]))
    if message is None:
        return
    now, provider_id = clock.now(), job.payload["provider_id"]
    if receipt.is_news:
        message.take_receipt(receipt, at=now, provider_id=provider_id, road=job.payload.get("road"))
        message.receipt_due = None
    elif job.payload["last"]:
        message.leave_unconfirmed(at=now)


def _leave(session: Session, job: Job, _reason: Reason) -> None:
    """Leave it to the next question; after the last one, the message stays unconfirmed."""
    message = lock_message(session, uuid.UUID(job.payload["message_id"]))
    if message is not None and job.payload["last"]:
        message.leave_unconfirmed(at=clock.now())


def _unreported(now: datetime) -> sa.Select[Any]:
    return sa.select(Message).where(Message.receipt_due <= now)


def _ask(session: Session, message: Message) -> None:
    """Have the provider asked, and set when to ask again unless it knows by then."""
    message.receipts_asked += 1
    message.receipt_due = next_question(message.receipts_asked, clock.now())
    question: Mapping[str, Any] = {
        "message_id": str(message.id),
        "provider_id": message.provider_id,
        "road": message.road,
        "last": message.receipt_due is None,
    }
    key = f"{message.id}:{message.receipts_asked}"
    jobs.add(session, KINDS[message.channel], dict(question), key=key, correlation_id=message.ref)


#: nothing is lost by asking; after an outage of our own callbacks it is rightly about thousands
ask_for_receipts = Sweep("ask_for_receipts", _unreported, _ask, limit=Limit.NONE, every_seconds=10.0)

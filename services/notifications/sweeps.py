"""What becomes due: legal clocks that have run out, and addresses and texts that are old enough to be forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep
from services.notifications.compose import EMAIL, OTP, SMS
from services.notifications.model import Message
from services.notifications.settings import Settings

log = get_logger(__name__)

_WATCH_SECONDS, _ERASE_SECONDS = 10.0, 3600.0


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """The sweeps of this service."""
    keep = timedelta(days=resources.settings.message_keep_days)

    def old(now: datetime) -> sa.Select[Any]:
        return sa.select(Message).where(Message.erased_at.is_(None), Message.created_at <= now - keep)

    return [
        Sweep("watch_deadlines", overdue, miss, every_seconds=_WATCH_SECONDS),
        Sweep("erase_addresses", old, erase, every_seconds=_ERASE_SECONDS),
    ]


def overdue(now: datetime) -> sa.Select[Any]:
    """Messages whose legal clock has run out: not handed over yet, or handed over late."""
    return sa.select(Message).where(Message.watched_until.is_not(None), Message.watched_until <= now)


def miss(session: Session, message: Message) -> None:
    """Tell it, once (2659)."""
    log.warning("deadline_missed", message_id=str(message.id), kind=message.clock)
    message.miss_deadline(session)


def erase(session: Session, message: Message) -> None:
    """Forget the address and the text, in the message and in what is left of its job."""
    message.erase(at=clock.now())
    for kind in (OTP, SMS, EMAIL):
        for job in jobs.list_jobs(session, kind=kind, key=str(message.id)):
            jobs.wipe(session, job.id)

"""Erase addresses and texts after MESSAGE_KEEP_DAYS."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.bus import erasure
from services.chassis.bus.held import State
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.notifications.messages.catalogue import JOB_KINDS
from services.notifications.messages.rules import Message
from services.notifications.settings import Settings


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweep that erases after MESSAGE_KEEP_DAYS."""
    keep = timedelta(days=resources.settings.message_keep_days)

    def old(now: datetime) -> sa.Select[Any]:
        return sa.select(Message).where(Message.erased_at.is_(None), Message.created_at <= now - keep)

    # often, so that a round has only those of the last minute: more at once look like a mistake
    return [Sweep("erase_addresses", old, erase, limit=Limit.PEOPLE, every_seconds=60.0)]


def erase(session: Session, message: Message) -> None:
    """Erase the address and the text, from the message, from its finished job, and from parked messages about the same matter."""
    message.erase(at=clock.now())
    erasure.empty_held(session, message.ref, (State.PARKED,))
    for kind in JOB_KINDS:
        for job in jobs.list_jobs(session, kind=kind, key=str(message.id)):
            jobs.wipe(session, job.id)

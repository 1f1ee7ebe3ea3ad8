"""Erase addresses and texts after MESSAGE_KEEP_DAYS, or as soon as the declaration that they are about has ended (I6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.bus import erasure
from services.chassis.bus.held import State
from services.chassis.errors import Transient
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.notifications.messages import codes, ending
from services.notifications.messages.catalogue import JOB_KINDS, Urgency
from services.notifications.messages.questions import ask_for_receipts
from services.notifications.messages.rules import WAITING, Message
from services.notifications.messages.unproved import PhoneProof
from services.notifications.notices.rules import Notice
from services.notifications.retention import CODES
from services.notifications.settings import Settings

#: a message that is just being handed over is looked at again after this
_HANDED_OVER = timedelta(minutes=10)


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweeps that erase and forget; one-time codes go after a day."""
    keep = timedelta(days=resources.settings.message_keep_days)

    def old(now: datetime) -> sa.Select[Any]:
        return sa.select(Message).where(Message.erased_at.is_(None), Message.created_at <= now - keep)

    def old_notices(now: datetime) -> sa.Select[Any]:
        return sa.select(Notice).where(Notice.received_at <= now - keep)

    def old_proofs(now: datetime) -> sa.Select[Any]:
        return sa.select(PhoneProof).where(PhoneProof.at <= now - keep)

    # often, so that a round has only those of the last minute or less: more at once look like a mistake
    return [
        Sweep("erase_addresses", old, _erase_or_end, limit=Limit.PEOPLE, every_seconds=60.0),
        Sweep("erase_phone_codes", _old_codes, _erase_or_end, limit=Limit.PEOPLE, every_seconds=60.0),
        Sweep("erase_ended", _ended, _erase_ended, limit=Limit.PEOPLE, every_seconds=10.0),
        Sweep("forget_phone_proofs", old_proofs, _delete, limit=Limit.RECORDS, every_seconds=3600.0),
        Sweep("forget_notices", old_notices, _forget_notice, limit=Limit.RECORDS, every_seconds=3600.0),
        ask_for_receipts,
        Sweep("forget_ended", ending.forgotten, ending.forget, limit=Limit.RECORDS, every_seconds=3600.0),
    ]


def _old_codes(now: datetime) -> sa.Select[Any]:
    """Select one-time codes: of no use any more; and the draft that one was for may never get a number to erase it by (I6)."""
    mine = (Message.urgency == Urgency.OTP.value, Message.erased_at.is_(None))
    return sa.select(Message).where(*mine, Message.created_at <= now - CODES.period)


def _delete(session: Session, proof: PhoneProof) -> None:
    session.delete(proof)


def _forget_notice(session: Session, notice: Notice) -> None:
    session.delete(notice)


def erase(session: Session, message: Message) -> None:
    """Erase the address and the text, from the message, from its finished job, and from parked messages about the same matter."""
    message.erase(at=clock.now())
    erasure.empty_held(session, message.ref, (State.PARKED,))
    for kind in JOB_KINDS:
        for job in jobs.list_jobs(session, kind=kind, key=str(message.id)):
            jobs.wipe(session, job.id)


def _ended(now: datetime) -> sa.Select[Any]:
    return sa.select(Message).where(Message.erased_at.is_(None), Message.erase_at <= now)


def _erase_ended(session: Session, message: Message) -> None:
    """Erase it; one that no provider has taken for most of a day is not sent any more."""
    if not _end_and_erase(session, message, code=codes.DOSSIER_ENDED):
        message.erase_at = clock.now() + _HANDED_OVER


def _erase_or_end(session: Session, message: Message) -> None:
    """Erase it; one that is still held after all that time is not sent any more."""
    if message.held_at is None:
        erase(session, message)
    elif not _end_and_erase(session, message, code=message.code or codes.EXPIRED):
        raise Transient("just being handed over")


def _end_and_erase(session: Session, message: Message, *, code: str) -> bool:
    """End a message that waits, and erase it; ``False`` if it is just being handed over."""
    waiting = message.status == WAITING
    for kind in JOB_KINDS if waiting else ():
        for job in jobs.list_jobs(session, kind=kind, key=str(message.id)):
            if job.state is jobs.State.RUNNING or (job.state is jobs.State.WAITING and not jobs.cancel(session, job.id)):
                return False
    if waiting:
        message.mark_failed(at=clock.now(), code=code)
    erase(session, message)
    return True

"""Shared by the sending jobs of all channels (law 3): open the box, write the text, store only what is not secret."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.database import Database
from services.chassis.errors import Held, Permanent
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.seal import Opener, UnknownKey
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.codes import EXPIRED, SECRET_GONE, UNKNOWN_OUTCOME
from services.notifications.messages.rules import Message
from services.notifications.messages.texts import MASK, Letter, Texts
from services.notifications.messages.updates import lock_message, mark_sent_if_waiting
from services.notifications.settings import Settings

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 1.0, 300.0
#: how often a message is sent at most while nobody knows what became of it
_MOST_COPIES = 2


class Expired(Permanent):
    """The message is no longer of use (an expired one-time code)."""

    code = EXPIRED


class SecretGone(Permanent):
    """The fact was told again after its sealed box was handed over (law 5): only its source can make a new secret."""

    code = SECRET_GONE


class KeyMissing(Held):
    """SEAL_PRIVATE_KEY lacks the key of this box: messages wait for an operator instead of being lost."""


class CopiesUnknown(Held):
    """So many copies may be on their way that another one is an operator's decision (`vss jobs take-up --another-copy`)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is stored about a message that a provider has accepted; secrets in its text are masked."""

    provider_id: str
    text: str
    segments: int | None = None
    road: str | None = None
    late_from: datetime | None = None


class Writer:
    """Renders the text of a job's payload, with the secret for the provider or masked for our own table."""

    def __init__(self, settings: Settings) -> None:
        self._texts = Texts(settings)
        # the settings require a key
        self._opener = Opener(settings.seal_private_key or "")

    def sms(self, job: Job, *, masked: bool = False) -> str:
        """Return the text of an SMS.

        :raises KeyMissing: if the box is sealed to a key that this process does not have.
        :raises SecretGone: if there is no box any more.
        :raises Unwritable: if template and values do not match.
        """
        return self._texts.sms(job.payload["template"], self._values(job, masked))

    def letter(self, job: Job, *, masked: bool = False) -> Letter:
        """Return the texts of an e-mail. Raises as `sms` does."""
        return self._texts.letter(job.payload["template"], self._values(job, masked))

    def _values(self, job: Job, masked: bool) -> dict[str, Any]:
        values: dict[str, Any] = job.payload["values"]
        return values | (_mask(job) if masked else self._secret(job))

    def _secret(self, job: Job) -> dict[str, Any]:
        """Open the sealed box, here and nowhere else; its contents never leave the job's call."""
        if "box" not in job.payload:
            return {}
        if job.payload["box"] is None:
            raise SecretGone("told again without its secret")
        try:
            return self._opener.open(job.payload["box"], job.payload["context"])
        except UnknownKey as error:
            raise KeyMissing("seal_key", str(error)) from None


def sending_kind(
    name: str, call: Callable[[Job], Sent], *, concurrency: int, max_attempts: int, call_seconds: float
) -> JobKind:
    """Return a job kind that sends; `call_seconds`: the time-out of each request to the provider."""
    return JobKind(
        name,
        call,
        record_sent,
        record_given_up,
        record_held,
        max_attempts=max_attempts,
        first_delay_seconds=_FIRST_DELAY_SECONDS,
        longest_delay_seconds=_LONGEST_DELAY_SECONDS,
        # connect, look up and send, each within the time-out, plus a margin
        timeout_seconds=max(60.0, 6 * call_seconds),
        concurrency=concurrency,
        keep_payload=False,
    )


def record_sent(session: Session, job: Job, sent: Sent) -> None:
    """Record that the provider has accepted the message."""
    message_id, at = uuid.UUID(job.key), clock.now()
    change: dict[str, Any] = {"at": at, **asdict(sent)}
    if mark_sent_if_waiting(session, message_id, **change):
        return
    if message := lock_message(session, message_id):
        message.mark_sent(**change)


def record_given_up(session: Session, job: Job, reason: Reason) -> None:
    """Record that the message will not be sent, and why: by the adapter's code, if it gave one."""
    refusal = getattr(reason.cause, "code", None)
    if message := lock_message(session, uuid.UUID(job.key)):
        message.mark_failed(at=clock.now(), code=str(refusal or reason.code))
    if refusal and (not job.payload.get("box") or _is_useless(job)):
        # this can never be sent, so nobody retries it. A secret stays until it is handed over, replaced or of no use (A2):
        # the refusal may be undone over there, and whoever serves the person decides
        jobs.wipe(session, job.id)


def record_held(session: Session, job: Job, held: Held) -> None:
    """Record that an operator must help before the message can be sent, and why."""
    if message := lock_message(session, uuid.UUID(job.key)):
        message.hold(at=clock.now(), code=held.code)


def refuse_another_copy(job: Job, *, most: int = _MOST_COPIES) -> None:
    """Check that fewer than `most` copies may be on their way; called once the provider knows of none.

    :raises CopiesUnknown: otherwise.
    """
    if job.unknown_outcomes >= most:
        raise CopiesUnknown(UNKNOWN_OUTCOME, f"sent {job.unknown_outcomes} times without an answer; nobody knows of a copy")


def may_be_known_since(job: Job) -> datetime:
    """Return the moment from which a provider may know of this message: when its fact was told, or the job added."""
    told_at = job.payload.get("told_at")
    return job.added_at if told_at is None else min(job.added_at, datetime.fromisoformat(told_at))


def useless_after(job: Job) -> datetime | None:
    """Return until when the message is of use; None if it stays useful."""
    text = job.payload.get("expires_at")
    return None if text is None else datetime.fromisoformat(text)


def refuse_expired(job: Job) -> None:
    """Check that the message is still of use.

    :raises Expired: otherwise.
    """
    if _is_useless(job):
        raise Expired("no longer of use")


def _is_useless(job: Job) -> bool:
    end = useless_after(job)
    return end is not None and clock.now() >= end


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of earlier attempts: the road that was tried last, and the provider's id if a callback has reported one."""

    provider_id: str | None
    road: str | None


def known_before(db: Database, job: Job) -> Before:
    """Return what is known of a message's earlier attempts."""
    with db.read() as session:
        about = sa.select(Message.provider_id, Message.road).where(Message.id == uuid.UUID(job.key))
        row = session.execute(about).one_or_none()
    return Before(None, None) if row is None else Before(row.provider_id, row.road)


def _mask(job: Job) -> dict[str, Any]:
    secret = TEMPLATES[job.payload["template"]].secret
    return {secret: MASK} if secret and "box" in job.payload else {}

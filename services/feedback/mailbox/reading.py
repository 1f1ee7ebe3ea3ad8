"""Read the mailbox as a job: what is new is stored, and only then marked as read over there (law 3).

The sweep plans a reading; its call takes e-mails, which stay unread; `done` stores them, and adds the job that marks them. An e-mail that
could not be marked comes again, is known by its key, and is only marked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.green.confined import Confined, NotRead
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.chassis.text.quoted import as_given_out
from services.chassis.uploads import DOCUMENTS, UploadRefused
from services.chassis.web.drawn import draw_anew
from services.feedback.complaints.numbers import FORM
from services.feedback.mailbox import rules
from services.feedback.mailbox.imap import ImapMailbox
from services.feedback.mailbox.port import Mailbox, Raw
from services.feedback.mailbox.rules import IGNORED, TO_DECIDE, IncomingEmail
from services.feedback.schema import Base
from services.feedback.settings import Settings

log = get_logger(__name__)

READ_MAILBOX, MARK_READ = "read_mailbox", "mark_email_read"
_NUMBER = re.compile(r"PA[\s-]?\d{6}[\s-]?\d{6}[\s-]?\d", re.IGNORECASE)
#: an e-mail that says it was written longer ago, or later, is wrong about it
_OLDEST = timedelta(days=400)

_reader = Confined("services.feedback.mailbox.parsing:read", memory_bytes=384 << 20, at_once=1, seconds=5, wait_seconds=60)


class MailboxRound(Base):
    """When the mailbox is read next; one row."""

    __tablename__ = "mailbox_rounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    #: whether a reading is on its way
    reading: Mapped[bool] = mapped_column(default=False)
    #: when a reading last came to its end
    read_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Taken:
    """What one reading brings home."""

    uidvalidity: int
    uids: list[str] = field(default_factory=list)
    emails: list[dict[str, Any]] = field(default_factory=list)


def mailbox_of(settings: Settings) -> Mailbox:
    """Return the mailbox that the settings name."""
    return ImapMailbox(settings)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kinds that read the mailbox and mark what was taken."""
    settings = resources.settings
    mailbox = mailbox_of(settings)
    seconds = timedelta(seconds=settings.mailbox_seconds)

    def read(_job: Job) -> Taken:
        with mailbox.open() as opened:
            taken = Taken(opened.uidvalidity)
            for raw in opened.unread(most=settings.mailbox_batch, max_bytes=settings.mailbox_max_bytes):
                email = _take(resources, raw, {each["key"] for each in taken.emails})
                taken.uids.append(raw.uid)
                if email is not None:
                    taken.emails.append(email)
            return taken

    def done(session: Session, _job: Job, taken: Taken) -> None:
        known = rules.keys_taken(session, [each["key"] for each in taken.emails])
        session.add_all(IncomingEmail(**each) for each in taken.emails if each["key"] not in known)
        if taken.uids:
            jobs.add(session, MARK_READ, {"uidvalidity": taken.uidvalidity, "uids": taken.uids})
        plan_next(session, timedelta(0) if len(taken.uids) >= settings.mailbox_batch else seconds)
        if taken.emails:
            log.info("emails_taken", count=len(taken.emails), ignored=sum(each["state"] == IGNORED for each in taken.emails))

    def not_read(session: Session, _job: Job, reason: Reason) -> None:
        log.error("mailbox_not_read", reason=reason.code, error=reason.error)
        plan_next(session, seconds)

    def mark(job: Job) -> None:
        with mailbox.open() as opened:
            if opened.uidvalidity == job.payload["uidvalidity"]:  # else the numbers mean other e-mails: known by their keys
                opened.mark_read(job.payload["uids"])

    return (
        JobKind(READ_MAILBOX, read, done, not_read, max_attempts=20, longest_delay_seconds=300, concurrency=1),
        JobKind(MARK_READ, mark, _no_op, _not_marked, max_attempts=20, longest_delay_seconds=300, concurrency=1),
    )


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweeps: one plans readings if a mailbox is named, one forgets e-mails that were decided long ago."""
    settings = resources.settings
    keep = timedelta(days=settings.incoming_email_keep_days)

    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(MailboxRound).where(MailboxRound.next_at <= now, MailboxRound.reading.is_(False))

    def old(now: datetime) -> sa.Select[Any]:
        decided = sa.or_(IncomingEmail.decided_at <= now - keep, (IncomingEmail.state == IGNORED))
        return sa.select(IncomingEmail).where(decided, IncomingEmail.forgotten_at.is_(None))

    forgetting = Sweep("forget_emails", old, rules.forget, limit=Limit.RECORDS, every_seconds=3600.0)
    if not settings.mailbox_host:
        return (forgetting,)
    return (
        Sweep("read_mailbox", due, _begin, limit=Limit.NONE, every_seconds=min(settings.mailbox_seconds, 30.0)),
        forgetting,
    )


def _begin(session: Session, mailbox: MailboxRound) -> None:
    mailbox.reading = True
    jobs.add(session, READ_MAILBOX, {})


def plan_next(session: Session, wait: timedelta) -> None:
    """Record that a reading came to its end, and plan the next one."""
    row = session.scalar(sa.select(MailboxRound).with_for_update())
    if row is not None:
        row.reading, row.read_at, row.next_at = False, clock.now(), clock.now() + wait


def _take(resources: Resources[Settings], raw: Raw, here: set[str]) -> dict[str, Any] | None:
    """Return the row of an e-mail, whose files are in the store; None if it is known already."""
    settings = resources.settings
    read = _read(raw, [settings.mailbox_user.casefold()])
    if read["key"] in here:
        return None
    with resources.db.read() as session:
        if rules.keys_taken(session, [read["key"]]):
            return None
    row = {
        "key": read["key"],
        "automatic": read["automatic"],
        "taken_at": clock.now(),
        "sent_at": _moment(read["sent"]),
        "state": IGNORED if read["automatic"] else TO_DECIDE,
        "named_complaint": _number_in(read["subject_line"]),
        "files": [],
    }
    if read["automatic"]:  # nobody reads it: nothing of it is kept
        empty = dict.fromkeys(("sender", "sender_name", "subject_line", "words"), "")
        return row | empty | {"named_complaint": None, "cut": False, "left_out": []}
    words = {name: read[name] for name in ("sender", "sender_name", "subject_line", "words", "cut")}
    row |= words | {"left_out": list(read["left_out"])}
    if not raw.whole:
        row["left_out"].append({"name": "", "reason": "too-large"})
        return row
    for each in read["files"]:
        try:
            row["files"].append(_keep(resources, each))
        except UploadRefused as refused:
            row["left_out"].append({"name": each["name"], "reason": refused.kind})
    return row


def _read(raw: Raw, own: list[str]) -> dict[str, Any]:
    """Have the e-mail read in a process of its own; one that cannot be read is there for a person all the same."""
    with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
        source.write(raw.content)
        source.seek(0)
        try:
            _reader.call({"own": own}, source, target)
        except NotRead as error:
            log.warning("email_not_read", reason=str(error))
            return _unread(raw)
        target.seek(0)
        read: dict[str, Any] = json.loads(target.read())
        return read


def _unread(raw: Raw) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("sender", "sender_name", "subject_line", "words", "sent"), "")
    key = hashlib.sha256(b"bytes:" + raw.content).hexdigest()
    return nothing | {
        "key": key, "automatic": None, "cut": False, "files": [], "left_out": [{"name": "", "reason": "not-readable"}],
    }  # fmt: skip


def _keep(resources: Resources[Settings], file: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
        source.write(base64.b64decode(file["content"]))
        source.seek(0)
        kind = draw_anew(source, target, DOCUMENTS, resources.settings)
        return {"name": file["name"]} | asdict(resources.documents.put(target, kind))


def _number_in(subject: str) -> str | None:
    found = _NUMBER.search(subject)
    number = as_given_out(found[0]) if found else None
    return number if number and FORM.fits(number) else None


def _moment(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    now = clock.now()
    return at if now - _OLDEST <= at <= now + timedelta(days=1) else None


def _no_op(session: Session, job: Job, result: object) -> None:
    """Do nothing: what was taken is here already."""


def _not_marked(session: Session, job: Job, reason: Reason) -> None:
    # it comes again as unread, and is known by its key
    log.warning("emails_not_marked_read", reason=reason.code, count=len(job.payload["uids"]))

"""E-mails to the mailbox of complaints, until a clerk has decided: a complaint, part of one that there is, or none.

::

    waiting ─▶ confirmed | attached | discarded          ignored: a machine wrote it

Each is taken once, whatever the server says: its key is a hash of its Message-ID. A person decides; nothing is filed by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.errors import Refused
from services.chassis.ids import uuid7
from services.feedback.attachments.jobs import DELETE_DOCUMENT
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import OPEN, WAITING
from services.feedback.directory.actors import Actor
from services.feedback.schema import Base

TO_DECIDE, CONFIRMED, ATTACHED, DISCARDED, IGNORED = "waiting", "confirmed", "attached", "discarded", "ignored"
STATES = (TO_DECIDE, CONFIRMED, ATTACHED, DISCARDED, IGNORED)
#: a complaint's own slots
_SLOTS = 5


class AlreadyDecided(Refused):
    """Somebody has decided on this e-mail already."""

    def __init__(self, state: str) -> None:
        super().__init__(
            "e-mail-decided",
            vi="Thư này đã được xử lý; xem mailbox_state.",
            en="This e-mail has been dealt with; see mailbox_state.",
            mailbox_state=state,
        )


class IncomingEmail(Base):
    """One e-mail. Sender, words and files go some days after the decision; key, times and decision stay."""

    __tablename__ = "incoming_emails"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=TO_DECIDE)
    #: by what it gave itself away as a machine's
    automatic: Mapped[str | None]
    taken_at: Mapped[datetime]
    #: as the e-mail itself says; None if it says nothing that can be
    sent_at: Mapped[datetime | None]
    sender: Mapped[str]
    sender_name: Mapped[str]
    subject_line: Mapped[str]
    words: Mapped[str]
    #: whether the words were longer than is kept
    cut: Mapped[bool]
    #: number of a complaint that the subject names
    named_complaint: Mapped[str | None]
    #: claim checks of files, each with its name
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: files that were not taken: name, reason
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    #: why it was discarded
    reason: Mapped[str | None]
    #: the complaint that it became, or belongs to
    complaint_no: Mapped[str | None]
    forgotten_at: Mapped[datetime | None]

    @classmethod
    def locked(cls, session: Session, email_id: uuid.UUID) -> IncomingEmail | None:
        """Return the e-mail, locked."""
        return session.scalar(sa.select(cls).where(cls.id == email_id).with_for_update())

    def confirm(self, by: Actor, complaint: Complaint) -> None:
        """Record the complaint that it became, which gets its files (F1)."""
        self._decide(by, CONFIRMED)
        self._hand_over(by, complaint)

    def attach(self, by: Actor, complaint: Complaint) -> bool:
        """Attach it to a complaint; return whether its words are the citizen's reply to a question.

        They are if the office waits for one and the e-mail came from the address that the citizen gave.
        """
        self._decide(by, ATTACHED)
        known = ((complaint.contact or {}).get("email") or "").casefold()
        replies = complaint.status == WAITING and bool(known) and known == self.sender and bool(self.words)
        complaint.log("email_attached", by, email=str(self.id), reply=replies)
        if replies:
            complaint.record_reply(self.words[:2000])
        self._hand_over(by, complaint)
        return replies

    def discard(self, by: Actor, reason: str) -> None:
        """Record that it is no complaint, and why."""
        self._decide(by, DISCARDED)
        self.reason = reason

    def must_wait(self) -> None:
        """Require that nobody has decided on it.

        :raises AlreadyDecided: if somebody has.
        """
        if self.state != TO_DECIDE:
            raise AlreadyDecided(self.state)

    def _decide(self, by: Actor, state: str) -> None:
        self.must_wait()
        self.state, self.decided_at, self.decided_by = state, clock.now(), by.account_id or ""

    def _hand_over(self, by: Actor, complaint: Complaint) -> None:
        """Move the files into the complaint's free slots, as long as it takes any; the others stay with the e-mail."""
        self.complaint_no = complaint.complaint_no
        taken = {int(each["slot"]) for each in complaint.attachments}
        free = [slot for slot in range(1, _SLOTS + 1) if slot not in taken] if complaint.status in OPEN else []
        moved, stay = self.files[: len(free)], self.files[len(free) :]
        for slot, each in zip(free, moved, strict=False):
            complaint.attach({"slot": slot} | {name: value for name, value in each.items() if name != "name"}, by)
        self.files = stay


def keys_taken(session: Session, keys: Sequence[str]) -> set[str]:
    """Return which of these e-mails are here."""
    return set(session.scalars(sa.select(IncomingEmail.key).where(IncomingEmail.key.in_(keys))))


def emails_of(session: Session, complaint_no: str) -> list[IncomingEmail]:
    """Return the e-mails that belong to a complaint, oldest first."""
    query = sa.select(IncomingEmail).where(IncomingEmail.complaint_no == complaint_no).order_by(IncomingEmail.taken_at)
    return list(session.scalars(query))


def forget(session: Session, email: IncomingEmail) -> None:
    """Clear sender, words and files; that it came, and what was decided, stays."""
    for each in email.files:
        jobs.add(session, DELETE_DOCUMENT, {"document_id": each["document_id"]}, correlation_id=email.complaint_no)
    email.sender = email.sender_name = email.subject_line = email.words = ""
    email.files, email.left_out, email.named_complaint = [], [], None
    email.reason, email.forgotten_at = None, clock.now()

"""What stands beside a case: its documents, its history, what came before its declaration, who holds which account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Instant
from services.verification.officers import Officer


class Base(DeclarativeBase):
    """The service's own tables; migrations/ makes them."""


class Attachment(Base):
    """A document of a dossier. Kept by number and not by case: one may be told of before the declaration is."""

    __tablename__ = "attachments"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str]
    sha256: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    #: when a document of this kind came for the first time: what the legal clock counts
    first_at: Mapped[datetime] = mapped_column(Instant())
    added_at: Mapped[datetime] = mapped_column(Instant())
    #: the account of the officer who put it there; None: it came from registration, to whom the document belongs
    added_by: Mapped[str | None]


class Entry(Base):
    """One line of the history (V13). Never changed, never deleted: the database refuses. Holds no personal data of citizens."""

    __tablename__ = "history"

    #: in the order in which things were done: a claim and the decision that made it have the same time
    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True)
    dossier_no: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())
    action: Mapped[str]
    #: account id of whoever did it; None: the system
    actor: Mapped[str | None]
    role: Mapped[str | None]
    office_code: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class Ended(Base):
    """A declaration that expired or was withdrawn before it was told of itself: messages may overtake each other."""

    __tablename__ = "ended_early"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())


class Holder(Base):
    """By which approved dossier an account got its data: for comparing a guardian with them (V9)."""

    __tablename__ = "account_holders"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    dossier_no: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())


# no flush before it: what waits to be written is never a document, and a case changed twice is one statement then
_OF = (
    sa.select(Attachment)
    .where(Attachment.dossier_no == sa.bindparam("no"))
    .order_by(Attachment.kind)
    .execution_options(autoflush=False)
)
_SEEN = "attachments_seen"


def attachments_of(session: Session, dossier_no: str) -> Mapping[str, Attachment]:
    """The documents of a dossier by kind, looked up once in a session.

    Whoever means to change them holds the case's lock first, so nobody else changes them meanwhile.
    """
    seen: dict[str, dict[str, Attachment]] = session.info.setdefault(_SEEN, {})
    if dossier_no not in seen:
        seen[dossier_no] = {each.kind: each for each in session.scalars(_OF, {"no": dossier_no})}
    return seen[dossier_no]


def add_attachment(session: Session, attachment: Attachment) -> None:
    """A document of a kind that the dossier did not have."""
    attachments_of(session, attachment.dossier_no)
    session.add(attachment)
    session.info[_SEEN][attachment.dossier_no][attachment.kind] = attachment


def delete_attachments(session: Session, dossier_no: str) -> Sequence[Attachment]:
    """Forget the documents of a dossier; what is forgotten."""
    gone = list(attachments_of(session, dossier_no).values())
    for attachment in gone:
        session.delete(attachment)
    session.info[_SEEN][dossier_no] = {}
    return gone


def log(session: Session, dossier_no: str, action: str, by: Officer | None = None, **details: Any) -> None:
    """Add a line to the history (V13)."""
    who = by.signature if by else {}
    session.add(Entry(dossier_no=dossier_no, at=clock.now(), action=action, details=details, **who))

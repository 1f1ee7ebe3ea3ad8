"""What stands beside a complaint: its steps, the offices asked for help, its answers, and by what one knows the same person."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.ids import uuid7
from services.feedback.actors import Actor
from services.feedback.complaint_row import Base

DRAFT, RETURNED, REPLACED, SENT = "draft", "returned", "replaced", "sent"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Step(Base):
    """One line of a complaint's history. Never changed, never deleted: the database refuses. Holds no citizen's data."""

    __tablename__ = "complaint_steps"

    #: in the order in which things were done: two of one transaction have the same time
    seq: Mapped[int] = mapped_column(_SEQ, sa.Identity(), primary_key=True)
    complaint_no: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str]
    #: account of the member of staff; None: the citizen or the clock
    actor: Mapped[str | None]
    #: officer … board, citizen, clock
    role: Mapped[str]
    office_code: Mapped[str | None]
    #: what it was about; words of staff are here, those of citizens are not
    details: Mapped[dict[str, Any]]


class Answer(Base):
    """One version of an answer: drafted, returned to its writer, replaced by a newer draft, or sent."""

    __tablename__ = "answers"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    complaint_no: Mapped[str]
    version: Mapped[int]
    status: Mapped[str] = mapped_column(default=DRAFT)
    text: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    #: why the director gave it back
    remark: Mapped[str | None]


class PersonKey(Base):
    """By what a further complaint of the same person is known: hashes of account, phone, e-mail, BHXH code."""

    __tablename__ = "person_keys"

    complaint_no: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


def latest_answer(session: Session, complaint_no: str) -> Answer | None:
    """The newest version of the answer."""
    return session.scalar(
        sa.select(Answer).where(Answer.complaint_no == complaint_no).order_by(Answer.version.desc()).limit(1)
    )


def sent_answer(session: Session, complaint_no: str) -> Answer | None:
    """The newest version that the citizen has."""
    sent = (Answer.complaint_no == complaint_no) & (Answer.status == SENT)
    return session.scalar(sa.select(Answer).where(sent).order_by(Answer.version.desc()).limit(1))


def steps_of(session: Session, complaint_no: str) -> list[Step]:
    """The history, oldest first."""
    return list(session.scalars(sa.select(Step).where(Step.complaint_no == complaint_no).order_by(Step.seq)))


def log(session: Session, complaint_no: str, kind: str, by: Actor, **details: Any) -> None:
    """Add a line to the history."""
    session.add(Step(complaint_no=complaint_no, at=clock.now(), kind=kind, details=details, **by.signature))

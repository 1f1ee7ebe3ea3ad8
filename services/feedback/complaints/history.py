"""The history of a complaint: who did what and when. The database refuses to change or delete entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.feedback.directory.actors import Actor
from services.feedback.schema import SEQUENCE, Base


class Step(Base):
    """One entry of a complaint's history. Holds no citizen's data."""

    __tablename__ = "complaint_steps"

    #: keeps the order of entries of one transaction, which have the same time
    seq: Mapped[int] = mapped_column(SEQUENCE, sa.Identity(), primary_key=True)
    complaint_no: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str]
    #: account of the member of staff; None: the citizen or the clock
    actor: Mapped[str | None]
    #: officer … board, citizen, clock
    role: Mapped[str]
    office_code: Mapped[str | None]
    #: further details; may contain words of staff, never of citizens
    details: Mapped[dict[str, Any]]


def add(session: Session, complaint_no: str, kind: str, by: Actor, **details: Any) -> None:
    """Add an entry to the history."""
    session.add(Step(complaint_no=complaint_no, at=clock.now(), kind=kind, details=details, **by.signature))


def steps_of(session: Session, complaint_no: str) -> list[Step]:
    """Return the history, oldest first."""
    return list(session.scalars(sa.select(Step).where(Step.complaint_no == complaint_no).order_by(Step.seq)))

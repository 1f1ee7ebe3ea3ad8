"""Co-ordination (F4): the accountable office asks another one, which answers in a thread, by a clock of its own.

There is no transfer: a request changes nothing of who accounts for the complaint, and the citizen is not told to go elsewhere.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from services.chassis import clock
from services.chassis.ids import uuid7
from services.feedback import addressees, events, working_days
from services.feedback.actors import CLOCK, Actor
from services.feedback.complaint_row import ROUTED, WAITING, Base
from services.feedback.model_base import Watched
from services.feedback.refusals import NotAsked, WrongStatus

ASKED, DONE, WITHDRAWN = "asked", "answered", "withdrawn"
STATUSES = (ASKED, DONE, WITHDRAWN)
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Message(Base):
    """One message of the thread between the two offices. Words of staff."""

    __tablename__ = "coordination_messages"

    seq: Mapped[int] = mapped_column(_SEQ, sa.Identity(), primary_key=True)
    coordination_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    account_id: Mapped[str]
    office_code: Mapped[str]
    words: Mapped[str]


class Coordination(Base):
    """One request to one office."""

    __tablename__ = "coordinations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    complaint_no: Mapped[str]
    status: Mapped[str] = mapped_column(default=ASKED)
    #: the asked office: code, name, province_code
    office: Mapped[dict[str, Any]]
    office_code: Mapped[str]
    province_code: Mapped[str]
    question: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: when the asked province's director was told that it is late
    overdue_at: Mapped[datetime | None]

    @classmethod
    def locked(cls, session: Session, coordination_id: uuid.UUID) -> Self | None:
        """The request, for changing."""
        return session.get(cls, coordination_id, with_for_update=True)

    def say(self, by: Actor, words: str) -> None:
        """Add to the thread; either side may, while the request is open."""
        self._must_be_open()
        self._session.add(
            Message(
                coordination_id=self.id,
                at=clock.now(),
                account_id=by.account_id or "",
                office_code=by.office_code or "",
                words=words,
            )
        )

    def answer(self, complaint: Watched, by: Actor, words: str) -> None:
        """The asked office has said what it knows."""
        self.say(by, words)
        self.status, self.answered_at = DONE, clock.now()
        self.ended_at = self.answered_at
        complaint._log("coordination_answered", by, office=self.office_code, coordination=str(self.id))
        complaint._tell(
            events.CoordinationAnswered(
                **complaint._named(),
                **self._named(),
                answered_at=self.answered_at,
                staff=addressees.director(self._session, complaint.province_code),
            )
        )

    def withdraw(self, complaint: Watched, by: Actor) -> None:
        """The asking office needs it no more."""
        self._must_be_open()
        self.status, self.ended_at = WITHDRAWN, clock.now()
        complaint._log("coordination_withdrawn", by, office=self.office_code, coordination=str(self.id))

    def be_late(self, complaint: Watched) -> None:
        """Its clock has run out: the asked province's director is told, once. The complaint's own clock is not touched."""
        self.overdue_at = clock.now()
        complaint._log("overdue", CLOCK, step="coordination", level=1, office=self.office_code)
        complaint._tell(
            events.ComplaintOverdue(
                **complaint._named(),
                step="coordination",
                coordination_id=str(self.id),
                due_at=self.due_at,
                level=1,
                overdue_at=self.overdue_at,
                contact=None,
                staff=addressees.director(self._session, self.province_code),
            )
        )

    @property
    def _session(self) -> Session:
        session = object_session(self)
        if session is None:
            raise RuntimeError("a co-ordination acts inside a session")
        return session

    def _must_be_open(self) -> None:
        if self.status != ASKED:
            raise NotAsked(self.status)

    def _named(self) -> dict[str, Any]:
        return {"coordination_id": str(self.id), "asked_office": self.office, "asked_province_code": self.province_code}


def request(complaint: Watched, by: Actor, office: dict[str, Any], question: str) -> Coordination:
    """Ask another office (F4). Whoever asks has taken the complaint up; it stays theirs.

    :param office: code, name, province_code of the asked one.
    """
    complaint.take_up(by)
    if complaint.status not in (ROUTED, WAITING):
        raise WrongStatus(complaint.status)
    session, now = complaint._session, clock.now()
    due = working_days.calendar(session).deadline(now, complaint._terms.coordination_days)
    made = Coordination(
        id=uuid7(),
        complaint_no=complaint.complaint_no,
        status=ASKED,
        office=office,
        office_code=office["code"],
        province_code=office["province_code"],
        question=question,
        asked_by=by.account_id or "",
        asked_at=now,
        due_at=due,
    )
    session.add(made)
    complaint._log("coordination_requested", by, office=office["code"], coordination=str(made.id))
    complaint._tell(
        events.CoordinationRequested(
            **complaint._named(),
            **made._named(),
            requested_at=now,
            due_at=due,
            staff=addressees.director(session, made.province_code),
        )
    )
    return made


def end_all(complaint: Watched) -> None:
    """The complaint is answered: what is still asked of others need not be answered any more."""
    for each in of_complaint(complaint._session, complaint.complaint_no):
        if each.status == ASKED:
            each.withdraw(complaint, CLOCK)


def of_complaint(session: Session, complaint_no: str) -> list[Coordination]:
    """The requests of a complaint, oldest first."""
    query = sa.select(Coordination).where(Coordination.complaint_no == complaint_no).order_by(Coordination.asked_at)
    return list(session.scalars(query))


def is_asked(session: Session, complaint_no: str, province_code: str | None) -> bool:
    """Whether this province is asked for help with the complaint just now: only so long does it see another's (F4)."""
    query = sa.select(Coordination.id).where(
        Coordination.complaint_no == complaint_no, Coordination.province_code == province_code, Coordination.status == ASKED
    )
    return session.scalar(query.limit(1)) is not None


def thread(session: Session, coordination_id: uuid.UUID) -> list[Message]:
    """The messages of a request, oldest first."""
    query = sa.select(Message).where(Message.coordination_id == coordination_id).order_by(Message.seq)
    return list(session.scalars(query))

"""Co-ordination (F4): the accountable office asks another one, which answers in a thread, within its own deadline.

Complaints are never transferred: a request does not move accountability, and the citizen is not sent elsewhere.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, foreign, mapped_column, object_session, relationship

from services.chassis import clock
from services.chassis.errors import Refused
from services.chassis.ids import uuid7
from services.feedback.complaints import handling
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import COORDINATION, ROUTED, WAITING
from services.feedback.coordination import facts
from services.feedback.deadlines.facts import ComplaintOverdue
from services.feedback.directory import addressees, names
from services.feedback.directory.actors import CLOCK, Actor
from services.feedback.schema import SEQUENCE, Base

ASKED, DONE, WITHDRAWN = "asked", "answered", "withdrawn"
STATUSES = (ASKED, DONE, WITHDRAWN)


class CoordinationClosed(Refused):
    """The request was answered or withdrawn."""

    def __init__(self, status: str) -> None:
        super().__init__(
            "co-ordination-closed",
            vi="Yêu cầu phối hợp này đã kết thúc.",
            en="This co-ordination request has ended.",
            coordination_status=status,
        )


class Message(Base):
    """One message in the thread between the two offices, written by staff."""

    __tablename__ = "coordination_messages"

    seq: Mapped[int] = mapped_column(SEQUENCE, sa.Identity(), primary_key=True)
    coordination_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    account_id: Mapped[str]
    office_code: Mapped[str]
    words: Mapped[str]


class Coordination(Base):
    """One request to one office, with its thread."""

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
    #: when the asked province's director was notified that it is late
    overdue_at: Mapped[datetime | None]
    messages: Mapped[list[Message]] = relationship(
        primaryjoin=lambda: Coordination.id == foreign(Message.coordination_id), order_by=Message.seq, lazy="selectin"
    )

    @classmethod
    def locked(cls, session: Session, coordination_id: uuid.UUID) -> Self | None:
        """Return the request, locked."""
        return session.get(cls, coordination_id, with_for_update=True)

    @property
    def is_late(self) -> bool:
        """Tell whether the asked office's answer is overdue."""
        return self.status == ASKED and self.due_at <= clock.now()

    def add_message(self, by: Actor, words: str) -> None:
        """Add a message to the thread, from either office, while the request is open."""
        self._must_be_open()
        self.messages.append(
            Message(at=clock.now(), account_id=by.account_id or "", office_code=by.office_code or "", words=words)
        )
        if session := object_session(self):
            names.remember(session, by)

    def answer(self, complaint: Complaint, by: Actor, words: str) -> None:
        """Answer as the asked office; the accountable one is notified and carries on."""
        self.add_message(by, words)
        self.status, self.answered_at = DONE, clock.now()
        self.ended_at = self.answered_at
        complaint.log("coordination_answered", by, office=self.office_code, coordination=str(self.id))
        complaint.tell(
            facts.CoordinationAnswered(
                **complaint.header(), **self.header(), answered_at=self.answered_at, staff=handling.staff(complaint)
            )
        )

    def withdraw(self, complaint: Complaint, by: Actor) -> None:
        """Withdraw the request."""
        self._must_be_open()
        self.status, self.ended_at = WITHDRAWN, clock.now()
        complaint.log("coordination_withdrawn", by, office=self.office_code, coordination=str(self.id))

    def mark_overdue(self, complaint: Complaint) -> None:
        """Notify the asked province's director, once, that its deadline has passed. The complaint's clocks do not change."""
        self.overdue_at = clock.now()
        complaint.log("overdue", CLOCK, step=COORDINATION, level=1, office=self.office_code)
        complaint.tell(
            ComplaintOverdue(
                **complaint.header(),
                step=COORDINATION,
                coordination_id=str(self.id),
                due_at=self.due_at,
                level=1,
                overdue_at=self.overdue_at,
                contact=None,
                staff=addressees.director(complaint.session, self.province_code),
            )
        )

    def header(self) -> dict[str, Any]:
        """Return the common fields of the facts about co-ordination."""
        return {"coordination_id": str(self.id), "asked_office": self.office, "asked_province_code": self.province_code}

    def _must_be_open(self) -> None:
        if self.status != ASKED:
            raise CoordinationClosed(self.status)


def request(complaint: Complaint, by: Actor, office: dict[str, Any], question: str) -> Coordination:
    """Ask another office for help (F4). This implies the first steps (`Complaint.take_up`); the complaint does not move.

    :param office: code, name, province_code of the office asked.
    """
    complaint.take_up(by)
    complaint.must_be(ROUTED, WAITING)
    now = clock.now()
    coordination = Coordination(
        id=uuid7(),
        complaint_no=complaint.complaint_no,
        status=ASKED,
        office=office,
        office_code=office["code"],
        province_code=office["province_code"],
        question=question,
        asked_by=by.account_id or "",
        asked_at=now,
        due_at=complaint.calendar.deadline(now, complaint.clock_terms.coordination_days),
        messages=[],
    )
    complaint.session.add(coordination)
    complaint.log("coordination_requested", by, office=office["code"], coordination=str(coordination.id))
    complaint.tell(
        facts.CoordinationRequested(
            **complaint.header(),
            **coordination.header(),
            requested_at=now,
            due_at=coordination.due_at,
            staff=addressees.director(complaint.session, coordination.province_code),
        )
    )
    return coordination


def withdraw_open(complaint: Complaint, *, province_code: str | None = None) -> None:
    """Withdraw the open requests to other offices, or to those of one province: nobody has to answer them any more."""
    for each in requests_of(complaint.session, complaint.complaint_no):
        if each.status == ASKED and province_code in (None, each.province_code):
            each.withdraw(complaint, CLOCK)


def requests_of(session: Session, complaint_no: str) -> list[Coordination]:
    """Return the requests of a complaint, oldest first."""
    query = sa.select(Coordination).where(Coordination.complaint_no == complaint_no).order_by(Coordination.asked_at)
    return list(session.scalars(query))


def requests_in_list(who: Actor, *, side: str, status: str) -> sa.Select[Any]:
    """Select the requests ``asked`` of the caller's province, or those it is ``asking`` for complaints of the caller's list."""
    statement = sa.select(Coordination).where(Coordination.status == status)
    if side == "asked":
        return statement.where(Coordination.province_code == who.province_code)
    own = sa.select(Complaint.complaint_no).where(handling.in_list_of(Complaint, who))
    return statement.where(Coordination.complaint_no.in_(own))


def is_asked(session: Session, complaint_no: str, province_code: str | None) -> bool:
    """Tell whether this province has an open request for the complaint: only so long may it see it (F4)."""
    query = sa.select(Coordination.id).where(
        Coordination.complaint_no == complaint_no, Coordination.province_code == province_code, Coordination.status == ASKED
    )
    return session.scalar(query.limit(1)) is not None

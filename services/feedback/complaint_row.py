"""The row of a complaint, and what can be read off it. What may be done with one: model.py."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Final, Self

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session

from services.chassis.database import Instant
from services.chassis.ids import uuid7

RECEIVED, ACKNOWLEDGED, ROUTED, WAITING = "received", "acknowledged", "routed", "waiting"
ANSWERED, CLOSED = "answered", "closed"
#: the office has something to do; these have no `answered_at`
OPEN: Final = (RECEIVED, ACKNOWLEDGED, ROUTED, WAITING)
STATUSES: Final = (*OPEN, ANSWERED, CLOSED)

#: F1
CHANNELS: Final = ("web", "app", "hotline", "email", "counter")
#: the steps that have a clock, in the order in which they are done (F7)
ACKNOWLEDGE, ROUTE, ANSWER = "acknowledge", "route", "answer"
STEPS: Final = (ACKNOWLEDGE, ROUTE, ANSWER)
#: F2: who monitors; the IT centre is the standing unit
BOARDS: Final = ("thu-so-the", "chinh-sach-bhxh", "chinh-sach-bhyt", "cntt")
CENTRE: Final = "cntt"

metadata = sa.MetaData()
_JSON = sa.JSON(none_as_null=True)


class Base(DeclarativeBase):
    """The service's own tables; migrations/ makes them."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        datetime: Instant(),
        dict[str, Any]: _JSON,
        list[str]: _JSON,
        list[dict[str, Any]]: _JSON,
        bytes: sa.LargeBinary(32),
    }


class ComplaintRow(Base):
    """One complaint. Its province is written once and never changed: the database refuses (F3, F4)."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    complaint_no: Mapped[str] = mapped_column(unique=True)
    #: counts the changes that others hear of
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default=RECEIVED)
    tracking_hash: Mapped[bytes]
    channel: Mapped[str]
    #: who accounts for it (F3); code of one of the 34 provinces
    province_code: Mapped[str]
    #: the office that received it: code, name, province_code
    office: Mapped[dict[str, Any]]
    category_code: Mapped[str]
    #: who monitors it (F2): the category's board
    board_code: Mapped[str]
    #: days of the clocks that run for it, as its category and the settings had them: see clocks.Terms
    terms: Mapped[dict[str, Any]]

    # ---- personal data, and the citizen's own words
    anonymous: Mapped[bool]
    account_id: Mapped[str | None]
    #: full_name, phone (E.164), email
    contact: Mapped[dict[str, Any] | None]
    bhxh_code: Mapped[str | None]
    subject_line: Mapped[str]
    body: Mapped[str]
    question: Mapped[str | None]
    reply: Mapped[str | None]
    reopen_reason: Mapped[str | None]
    rating_comment: Mapped[str | None]
    #: documents by claim check, each with its slot
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: number of an earlier complaint of the same person that says nearly the same
    linked_to: Mapped[str | None]

    # ---- moments (F7); what is due never moves to an earlier moment
    received_at: Mapped[datetime]
    acknowledge_due: Mapped[datetime]
    routed_due: Mapped[datetime]
    answer_due: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    routed_at: Mapped[datetime | None]
    #: None again once it is reopened
    answered_at: Mapped[datetime | None]
    reopen_until: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rated_at: Mapped[datetime | None]
    #: since when it waits for the citizen; None while it does not
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    #: waiting is allowed once
    paused_once: Mapped[bool] = mapped_column(default=False)
    #: when the step that is open now is due: lists are sorted by it, late first. A settled one keeps its last
    due_at: Mapped[datetime]
    #: when a clock has to act next: remind, escalate, go on after waiting, close; None: never
    next_at: Mapped[datetime | None]
    #: when its board took note of it
    board_seen_at: Mapped[datetime | None]

    # ---- what has become of it
    #: who works on it, in the office's words (a department)
    unit: Mapped[str | None]
    #: 0: nobody yet, 1: director, 2: board, 3: IT centre
    escalation_level: Mapped[int] = mapped_column(default=0)
    #: step → due (ISO), level: the steps that were late
    overdue_steps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warned_steps: Mapped[list[str]] = mapped_column(default=list)
    reminders: Mapped[int] = mapped_column(default=0)
    recategorised: Mapped[int] = mapped_column(default=0)
    reopened_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]

    @property
    def is_open(self) -> bool:
        """Whether the office has something to do, or waits for the citizen."""
        return self.status in OPEN

    @property
    def _session(self) -> Session:
        session = object_session(self)
        if session is None:
            raise RuntimeError("a complaint acts inside a session")
        return session

    @classmethod
    def of(cls, session: Session, complaint_no: str) -> Self | None:
        """The complaint, for looking."""
        return session.scalar(sa.select(cls).where(cls.complaint_no == complaint_no))

    @classmethod
    def locked(cls, session: Session, complaint_no: str) -> Self | None:
        """The complaint, for changing: whoever comes second waits, and sees what the first has done."""
        query = (
            sa.select(cls)
            .where(cls.complaint_no == complaint_no)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return session.scalar(query)

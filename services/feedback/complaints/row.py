"""The row of a complaint, with what all its rules use: history, common fields of facts, calendar and terms."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.aggregate import Aggregate
from services.chassis.calendar import Calendar, calendar_of, day_in_vietnam
from services.chassis.ids import uuid7
from services.feedback.categories import tree
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints import history
from services.feedback.complaints.refusals import WrongStatus
from services.feedback.complaints.vocabulary import OPEN, RECEIVED
from services.feedback.deadlines.terms import Terms
from services.feedback.directory import names
from services.feedback.directory.actors import Actor
from services.feedback.schema import Base

FIRST, AS_DUE = 0, 1


class ComplaintRow(Aggregate, Base):
    """The columns of one complaint. Its province is written once: a trigger of the database refuses another (F3, F4)."""

    __abstract__ = True
    wrong_status = WrongStatus
    correlation = "complaint_no"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    complaint_no: Mapped[str] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default=RECEIVED)
    tracking_hash: Mapped[bytes]
    channel: Mapped[str]
    #: the accountable province (F3); code of one of the 34 provinces
    province_code: Mapped[str]
    #: the office that received it: code, name, province_code
    office: Mapped[dict[str, Any]]
    category_code: Mapped[str]
    #: the monitoring board (F2): its category's
    board_code: Mapped[str]
    #: whom of the agency's own it is about: officer, office, director (F9); None: nobody
    about: Mapped[str | None]
    #: `deadlines.terms.Terms` as category and settings had them when it was filed
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
    #: number of an earlier, nearly identical complaint of the same person
    linked_to: Mapped[str | None]

    # ---- moments (F7); a due date never moves to an earlier moment
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
    #: since when it has been waiting for the citizen; None if it is not
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    #: whether it has waited already, which is allowed once
    paused_once: Mapped[bool] = mapped_column(default=False)
    #: when the open step is due: lists are sorted by it, late first. A settled complaint keeps its last
    due_at: Mapped[datetime]
    #: lists are sorted by it first: `FIRST` for one that cannot wait (F10)
    place: Mapped[int] = mapped_column(default=AS_DUE)
    #: when the sweep must act next: remind, escalate, end the waiting, close; None: never
    next_at: Mapped[datetime | None]
    #: when its board acknowledged it
    board_seen_at: Mapped[datetime | None]

    # ---- progress
    #: the department that works on it, in the office's words
    unit: Mapped[str | None]
    #: the member of staff who has taken it, and since when (desk/owners.py)
    owner_id: Mapped[str | None]
    owned_at: Mapped[datetime | None]
    #: whether its words are in the index of finding/rules.py
    searchable: Mapped[bool] = mapped_column(default=False)
    #: level of escalation. 0: nobody yet, 1: director, 2: board, 3: IT centre
    escalation_level: Mapped[int] = mapped_column(default=0)
    #: the steps that were late: step → due (ISO), level
    overdue_steps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warned_steps: Mapped[list[str]] = mapped_column(default=list)
    reminders: Mapped[int] = mapped_column(default=0)
    recategorised: Mapped[int] = mapped_column(default=0)
    reopened_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]

    @classmethod
    def of(cls, session: Session, complaint_no: str) -> Self | None:
        """Return the complaint, not locked."""
        return session.scalar(sa.select(cls).where(cls.complaint_no == complaint_no))

    @classmethod
    def locked(cls, session: Session, complaint_no: str) -> Self | None:
        """Return the complaint, locked: a second transaction waits, and then sees the first one's changes."""
        query = sa.select(cls).where(cls.complaint_no == complaint_no).with_for_update()
        return session.scalar(query.execution_options(populate_existing=True))

    @property
    def is_open(self) -> bool:
        """Tell whether the office must act, or is waiting for the citizen."""
        return self.status in OPEN

    @property
    def last_day_to_reopen(self) -> date | None:
        """Return the last of the days in which the citizen may reopen it (F8)."""
        return day_in_vietnam(self.reopen_until - timedelta(seconds=1)) if self.reopen_until else None

    @property
    def is_late(self) -> bool:
        """Tell whether an open step is overdue."""
        return self.answered_at is None and self.due_at <= clock.now()

    @property
    def seen_by_board(self) -> bool:
        """Tell whether its board has acknowledged it."""
        return self.board_seen_at is not None

    @property
    def calendar(self) -> Calendar:
        """Return the current calendar of working days; every access reads the database."""
        return calendar_of(self.session)

    @property
    def clock_terms(self) -> Terms:
        """Return the working days of its clocks."""
        return Terms.from_json(self.terms)

    def log(self, kind: str, by: Actor, **details: Any) -> None:
        """Add an entry to its history; ``details`` may contain words of staff, never of citizens."""
        history.add(self.session, self.complaint_no, kind, by, **details)
        names.remember(self.session, by)

    def header(self) -> dict[str, Any]:
        """Return the common fields of all facts about it (`fact_parts.AboutComplaint`)."""
        category = tree.find(self.session, self.category_code, closed=True)
        return {
            "complaint_no": self.complaint_no,
            "category_code": self.category_code,
            "category_name": category.name if category else self.category_code,
            "board_code": self.board_code,
            "board_name": BOARDS[self.board_code],
            "province_code": self.province_code,
            "office": {name: self.office[name] for name in ("code", "name", "province_code")},
        }

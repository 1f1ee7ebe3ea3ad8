"""Sort the work of a desk into tabs: each open complaint stands in exactly one, where whoever must act next would look (G5).

received, not acknowledged → to acknowledge; waiting for the citizen; a draft waits for the director → to approve; another office owes an answer
→ with others; everything else that is open → in progress. Answered ones stay until they can no longer be reopened.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.feedback.answers.rules import DRAFT, Answer
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.row import FIRST
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import ACKNOWLEDGED, ANSWERED, OPEN, RECEIVED, ROUTED, WAITING
from services.feedback.coordination.rules import ASKED, Coordination
from services.feedback.desk.views import COLUMNS
from services.feedback.directory.actors import Actor

TO_ACKNOWLEDGE, IN_PROGRESS, WITH_CITIZEN = "to_acknowledge", "in_progress", "with_citizen"
WITH_OTHERS, TO_APPROVE, DONE = "with_others", "to_approve", "answered"
TABS: Final = (TO_ACKNOWLEDGE, IN_PROGRESS, WITH_CITIZEN, WITH_OTHERS, TO_APPROVE, DONE)

_WORKED_ON: Final = (ACKNOWLEDGED, ROUTED)


def _drafted() -> sa.ColumnElement[bool]:
    waiting = sa.select(Answer.complaint_no).where(Answer.status == DRAFT)
    return Complaint.complaint_no.in_(waiting)


def _owed() -> sa.ColumnElement[bool]:
    asked = sa.select(Coordination.complaint_no).where(Coordination.status == ASKED)
    return Complaint.complaint_no.in_(asked)


def in_tab(tab: str) -> sa.ColumnElement[bool]:
    """Return which complaints stand in a tab."""
    if tab in _BY_STATUS:
        return Complaint.status == _BY_STATUS[tab]
    worked_on = Complaint.status.in_(_WORKED_ON)
    if tab == TO_APPROVE:
        return sa.and_(worked_on, _drafted())
    others = sa.and_(worked_on, sa.not_(_drafted()))
    return sa.and_(others, _owed() if tab == WITH_OTHERS else sa.not_(_owed()))


_BY_STATUS: Final = {TO_ACKNOWLEDGE: RECEIVED, WITH_CITIZEN: WAITING, DONE: ANSWERED}


def late() -> sa.ColumnElement[bool]:
    """Return which complaints have an overdue step."""
    return sa.and_(Complaint.answered_at.is_(None), Complaint.due_at <= clock.now())


def counts(session: Session, who: Actor) -> dict[str, dict[str, int]]:
    """Return of each tab how many complaints of the caller's list stand in it, how many are late, and how many the caller has taken."""
    numbers = {tab: {"all": 0, "late": 0, "mine": 0} for tab in TABS}
    tab = sa.case(
        (Complaint.status == RECEIVED, TO_ACKNOWLEDGE),
        (Complaint.status == WAITING, WITH_CITIZEN),
        (Complaint.status == ANSWERED, DONE),
        (_drafted(), TO_APPROVE),
        (_owed(), WITH_OTHERS),
        else_=IN_PROGRESS,
    )
    mine = Complaint.owner_id == who.account_id
    query = (
        sa.select(tab, sa.func.count(), _how_many(late()), _how_many(mine))
        .where(in_list_of(Complaint, who), Complaint.status.in_((*OPEN, ANSWERED)))
        .group_by(tab)
    )
    for name, every, overdue, taken in session.execute(query):
        numbers[name] = {"all": every, "late": overdue, "mine": taken}
    return numbers


def cannot_wait(session: Session, who: Actor) -> list[Complaint]:
    """Return the open complaints of people turned away at this hour (F10), the one due first on top."""
    urgent = (
        sa.select(Complaint)
        .options(COLUMNS)
        .where(in_list_of(Complaint, who), Complaint.place == FIRST, Complaint.answered_at.is_(None))
    )
    return list(session.scalars(urgent.order_by(Complaint.due_at, Complaint.complaint_no).limit(_MOST_URGENT)))


_MOST_URGENT: Final = 200


def _how_many(condition: sa.ColumnElement[bool]) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

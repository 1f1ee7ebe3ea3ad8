"""Find cases by number, code, date, status and office (V1)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.verification.cases.rules import Case
from services.verification.cases.statuses import COMPLETE, INCOMPLETE, OPEN, STATE_OF

_EQUAL = {"dossier_no": Case.dossier_no, "bhxh_code": Case.bhxh_code, "status": Case.status, "office": Case.office_code}


def matching(query: dict[str, Any]) -> sa.Select[Any]:
    """Select the cases that match all filters of a `CaseQuery`."""
    statement = sa.select(Case)
    for name, column in _EQUAL.items():
        if name in query:
            statement = statement.where(column == query[name])
    if "insisted" in query:
        statement = statement.where(Case.insisted_because.is_not(None) == query["insisted"])
    if "state" in query:
        statement = statement.where(_in_state(query["state"]))
    if query.get("password_failed"):
        statement = statement.where(Case.password_failed_at.is_not(None))
    if query.get("late"):
        statement = statement.where(Case.due_at <= clock.now())
    if "from_" in query:
        statement = statement.where(Case.submitted_at >= _midnight(query["from_"]))
    if "to" in query:
        statement = statement.where(Case.submitted_at < _midnight(query["to"] + timedelta(days=1)))
    return statement


def _in_state(state: str) -> sa.ColumnElement[bool]:
    """Return the condition of `Case.state`."""
    if state not in (COMPLETE, INCOMPLETE):
        return Case.status.in_([status for status, its in STATE_OF.items() if its == state])
    is_complete = sa.func.coalesce(Case.complete, sa.false())
    return Case.status.in_(OPEN) & (is_complete if state == COMPLETE else ~is_complete)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)

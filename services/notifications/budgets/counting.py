"""Count a message against its budgets, once however often it is tried, and hold it where one is used up."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.errors import Held, Permanent
from services.chassis.jobs import Job
from services.notifications.budgets.metrics import HELD, USED
from services.notifications.budgets.ranks import Origin, Rank
from services.notifications.budgets.rules import ALL, STRANGERS, Budget, Expense, budgets_of
from services.notifications.budgets.tables import Spent
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.codes import OVER_BUDGET
from services.notifications.messages.rules import Message
from services.notifications.settings import Settings

_M: Any = Message.__table__
_COUNT_ONCE = (
    sa.update(_M)
    .where(_M.c.id == sa.bindparam("of", type_=_M.c.id.type), _M.c.counted_at.is_(None))
    .values(counted_at=sa.bindparam("now", type_=_M.c.counted_at.type))
    .returning(_M.c.id)
)


class OverBudget(Held):
    """A budget is used up for messages of this rank: it waits (`vss jobs held`), and looks again by itself."""


class HeldTooLong(Permanent):
    """It waited for a budget longer than MESSAGE_HOLD_HOURS: late news is worse than none."""

    code = OVER_BUDGET


def spend(db: Database, settings: Settings, job: Job, *, channel: str) -> None:
    """Count the message of a job, in a short transaction of its own before it is handed over.

    :raises OverBudget: if one of its budgets is used up; then it counts against none.
    :raises HeldTooLong: if that has been so for MESSAGE_HOLD_HOURS.
    """
    expense = expense_of(job.payload, channel, job.correlation_id or "")
    try:
        with db.write() as session:
            if session.scalar(_COUNT_ONCE, {"of": uuid.UUID(job.key), "now": clock.now()}) is None:
                return
            for budget in budgets_of(expense, settings):
                count(session, budget, expense.rank)
    except OverBudget as over:
        HELD.labels(channel, over.code, expense.rank.name.lower()).inc()
        if job.held_at is not None and clock.now() - job.held_at >= timedelta(hours=settings.message_hold_hours):
            raise HeldTooLong(f"over budget since {settings.message_hold_hours} h: {over.code}") from None
        raise


def expense_of(payload: Mapping[str, Any], channel: str, matter: str) -> Expense:
    """Return what the message of a job's payload costs; jobs of earlier releases name neither origin nor rank."""
    template = TEMPLATES[payload["template"]]
    origin, rank = payload.get("origin", template.origin), payload.get("rank", template.rank.name)
    return Expense(
        channel, payload["to"], matter, Origin(origin), Rank[rank], staff=template.is_for_staff, duty=template.is_for_duty
    )


def count(session: Session, budget: Budget, rank: Rank) -> None:
    """Count one message of this rank.

    :raises OverBudget: if the budget lets none through any more.
    """
    now, most = clock.now(), budget.allowed(rank)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(Spent).values(key=budget.key, count=1, since=now, until=now + timedelta(seconds=budget.seconds))
    over = Spent.until <= now
    counted = counted.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": sa.case((over, 1), else_=Spent.count + 1),
            "since": sa.case((over, counted.excluded.since), else_=Spent.since),
            "until": sa.case((over, counted.excluded.until), else_=Spent.until),
        },
        where=sa.or_(over, Spent.count < most),
    )
    so_far = session.scalar(counted.returning(Spent.count))
    if budget.why in (ALL, STRANGERS):
        used = so_far if so_far is not None else session.scalar(sa.select(Spent.count).where(Spent.key == budget.key))
        channel, _, _ = budget.key.partition(":")
        USED.labels(channel, budget.why, str(budget.seconds)).set((used or 0) / budget.most)
    if so_far is None:
        raise OverBudget(budget.why, f"{budget.why}: {most} in {budget.seconds} s")


def used(session: Session, budget: Budget, now: datetime) -> tuple[int, datetime | None]:
    """Return how many a budget has let through in its window, and when that ends; None: nothing yet."""
    row = session.execute(sa.select(Spent.count, Spent.until).where(Spent.key == budget.key, Spent.until > now)).first()
    if row is None:
        return 0, None
    so_far, until = row
    return so_far, until


def reset(session: Session, budget: Budget) -> None:
    """Begin a budget's window anew: what waits for it goes out."""
    session.execute(sa.delete(Spent).where(Spent.key == budget.key))

"""The statements by which a job passes from hand to hand. Each is one guarded UPDATE.

A worker holds a job by a *token* of its own; every later statement about the job names it, so a worker that has lost its
lease changes nothing. Leases are measured by the machine's time (PostgreSQL: the server's, so that hosts need not agree),
not by the movable clock: moving that by ten days must make jobs due, but not let two workers make the same call.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.jobs.kind import Job, Reason
from services.chassis.jobs.table import State, in_state, jobs

Held = tuple[uuid.UUID, uuid.UUID]
"""A job's id and the token by which it is held."""

_REAP_AT_ONCE = 500


def _machine_time(session: Session) -> sa.ColumnElement[datetime]:
    if session.get_bind().dialect.name == "postgresql":
        return sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))
    return sa.literal(datetime.now(UTC), jobs.c.lease_until.type)


def _later(session: Session, seconds: float) -> sa.ColumnElement[datetime]:
    if session.get_bind().dialect.name == "postgresql":
        return _machine_time(session) + sa.literal(timedelta(seconds=seconds), sa.Interval())
    return sa.literal(datetime.now(UTC) + timedelta(seconds=seconds), jobs.c.lease_until.type)


def _locked(query: sa.Select[Any], name: str) -> sa.Select[Any]:
    """The rows of ``query`` that nobody else is at, locked; looked up once, which a plain sub-select does not promise."""
    found = query.with_for_update(skip_locked=True).cte(name)
    return sa.select(found.c.id)


def anything_to_do(session: Session, kinds: Iterable[str]) -> bool:
    """Whether a claim or a reap would find something, without taking any lock."""
    due = sa.and_(in_state(State.WAITING), jobs.c.kind.in_(list(kinds)), jobs.c.run_after <= clock.now())
    dead = sa.and_(in_state(State.RUNNING), jobs.c.lease_until < _machine_time(session))
    return any(session.scalar(sa.select(jobs.c.id).where(this).limit(1)) is not None for this in (due, dead))


def claim(session: Session, kind: str, *, limit: int, lease_seconds: float, deadline: float) -> list[tuple[Job, str | None]]:
    """Take up to ``limit`` due jobs, the longest due first. With each comes the reason for which it is to be given up."""
    due = (
        sa.select(jobs.c.id)
        .where(in_state(State.WAITING), jobs.c.kind == kind, jobs.c.run_after <= clock.now())
        .order_by(jobs.c.run_after, jobs.c.id)
        .limit(limit)
    )
    token = uuid.uuid4()
    take = (
        sa.update(jobs)
        .where(jobs.c.id.in_(_locked(due, "due")))
        .values(
            state=State.RUNNING.value,
            attempts=jobs.c.attempts + 1,
            lease_token=token,
            lease_until=_later(session, lease_seconds),
        )
        .returning(jobs)
    )
    rows = sorted(session.execute(take).mappings(), key=lambda row: (row["run_after"], row["id"]))
    return [(_job(row, token, deadline), row["reason"]) for row in rows]


def _job(row: sa.RowMapping, token: uuid.UUID, deadline: float) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        payload=json.loads(row["payload"] or "{}"),
        attempt=row["attempts"],
        may_have_run=row["may_have_run"],
        added_at=row["added_at"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        traceparent=row["traceparent"],
        last_error=row["last_error"],
        token=token,
        deadline=deadline,
    )


def extend(session: Session, held: Iterable[Held], lease_seconds: float) -> None:
    """Hold on to jobs whose calls still run. One whose row is locked is being settled and needs no extension."""
    mine = sa.select(jobs.c.id).where(
        in_state(State.RUNNING), sa.tuple_(jobs.c.id, jobs.c.lease_token).in_([tuple(pair) for pair in held])
    )
    until = _later(session, lease_seconds)
    session.execute(sa.update(jobs).where(jobs.c.id.in_(_locked(mine, "mine"))).values(lease_until=until))


def reap(session: Session) -> list[tuple[str, uuid.UUID]]:
    """Put jobs whose lease ran out back among the waiting, marked ``may_have_run``. Returns their kinds and ids."""
    dead = sa.select(jobs.c.id).where(in_state(State.RUNNING), jobs.c.lease_until < _machine_time(session))
    back = (
        sa.update(jobs)
        .where(jobs.c.id.in_(_locked(dead.limit(_REAP_AT_ONCE), "dead")))
        .values(state=State.WAITING.value, run_after=clock.now(), lease_token=None, lease_until=None, may_have_run=True)
        .returning(jobs.c.kind, jobs.c.id)
    )
    return [(kind, id_) for kind, id_ in session.execute(back)]


def finish(session: Session, job: Job, *, wipe: bool) -> bool:
    """End a job well; ``False`` if it is no longer held."""
    values: dict[str, Any] = {"state": State.FINISHED.value, "ended_at": clock.now(), "may_have_run": False}
    if wipe:
        values["payload"] = None
    return _settle(session, job, **values)


def give_up(session: Session, job: Job, reason: Reason, *, unknown: bool) -> bool:
    """End a job badly; ``False`` if it is no longer held. ``unknown`` as for ``postpone``: somebody may bring it back."""
    return _settle(
        session,
        job,
        state=State.GIVEN_UP.value,
        ended_at=clock.now(),
        may_have_run=job.may_have_run or unknown,
        reason=reason.code,
        last_error=reason.error,
    )


def postpone(
    session: Session, job: Job, *, seconds: float, error: str | None, unknown: bool, reason: str | None = None
) -> bool:
    """Have a job tried again later; with a ``reason``, only its giving up. ``False`` if it is no longer held.

    :param unknown: this attempt may have taken effect at the provider.
    """
    return _settle(
        session,
        job,
        state=State.WAITING.value,
        run_after=clock.now() + timedelta(seconds=seconds),
        may_have_run=job.may_have_run or unknown,
        reason=reason,
        last_error=error,
    )


def release(session: Session, job: Job) -> bool:
    """Give back a job whose call was not begun: as if it had never been claimed."""
    return _settle(session, job, state=State.WAITING.value, attempts=job.attempt - 1)


def settled(session: Session, job: Job) -> bool:
    """Whether this very attempt has been settled already: its commit came through although the answer did not."""
    mine = sa.select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.lease_token == job.token, ~in_state(State.RUNNING))
    return session.scalar(mine) is not None


def _settle(session: Session, job: Job, **values: Any) -> bool:
    # the token stays in the row (see `settled`); a lease that runs out takes it away
    held = sa.and_(jobs.c.id == job.id, jobs.c.lease_token == job.token, in_state(State.RUNNING))
    change = sa.update(jobs).where(held).values({"lease_until": None, "attempts": job.attempt, **values})
    return session.scalar(change.returning(jobs.c.id)) is not None

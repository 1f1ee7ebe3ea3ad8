"""The statements by which a job passes from hand to hand. Each is one guarded UPDATE.

A worker holds a job by a *token* of its own; every later statement about the job names it, so a worker that has lost its
lease changes nothing. Leases are measured by the machine's time (PostgreSQL: the server's, so that hosts need not agree),
not by the movable clock: moving that by ten days must make jobs due, but not let two workers make the same call.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.jobs.kind import Job, Reason
from services.chassis.jobs.table import State, in_state, jobs

Held = tuple[uuid.UUID, uuid.UUID]
"""A job's id and the token by which it is held."""

_REAP_AT_ONCE = 500


class _MachineTime(FunctionElement[datetime]):
    """The machine's time in so many seconds."""

    type = Instant()
    inherit_cache = True


@compiles(_MachineTime, "postgresql")
def _postgresql(element: Any, compiler: Any, **context: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **context)})"


@compiles(_MachineTime, "sqlite")
def _sqlite(element: Any, compiler: Any, **context: Any) -> str:
    # as `Instant` writes it, in microseconds
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {compiler.process(element.clauses, **context)} || ' seconds')"


def _locked(query: sa.Select[Any], name: str) -> sa.Select[Any]:
    """The rows of ``query`` that nobody else is at, locked; looked up once, which a plain sub-select does not promise."""
    found = query.with_for_update(skip_locked=True).cte(name)
    return sa.select(found.c.id)


# Statements are put together once: building them anew costs more than running them.

_LEASE = _MachineTime(sa.bindparam("lease_seconds", type_=sa.Float()))
_NOW = sa.bindparam("now", type_=jobs.c.run_after.type)
_DUE = sa.select(jobs.c.id).where(in_state(State.WAITING), jobs.c.run_after <= _NOW)
_DEAD = sa.select(jobs.c.id).where(in_state(State.RUNNING), jobs.c.lease_until < _MachineTime(sa.literal_column("0")))
_DUE_OF_KINDS = _DUE.where(jobs.c.kind.in_(sa.bindparam("kinds", expanding=True))).limit(1)
_NEXT = (
    _DUE.where(jobs.c.kind == sa.bindparam("of_kind")).order_by(jobs.c.run_after, jobs.c.id).limit(sa.bindparam("at_most"))
)
_CLAIM = (
    sa.update(jobs)
    .where(jobs.c.id.in_(_locked(_NEXT, "due")))
    .values(
        state=State.RUNNING.value,
        attempts=jobs.c.attempts + 1,
        lease_token=sa.bindparam("token", type_=sa.Uuid()),
        lease_until=_LEASE,
    )
    .returning(jobs)
)
_REAP = (
    sa.update(jobs)
    .where(jobs.c.id.in_(_locked(_DEAD.limit(_REAP_AT_ONCE), "dead")))
    .values(
        state=State.WAITING.value,
        run_after=_NOW,
        lease_token=None,
        lease_until=None,
        may_have_run=True,
        unknown_outcomes=jobs.c.unknown_outcomes + 1,
    )
    .returning(jobs.c.kind, jobs.c.id)
)


def anything_to_do(session: Session, kinds: Iterable[str]) -> bool:
    """Whether a claim or a reap would find something, without taking any lock."""
    due = session.scalar(_DUE_OF_KINDS, {"kinds": list(kinds), "now": clock.now()})
    return due is not None or session.scalar(_DEAD.limit(1)) is not None


def claim(session: Session, kind: str, *, limit: int, lease_seconds: float, deadline: float) -> list[tuple[Job, str | None]]:
    """Take up to ``limit`` due jobs, the longest due first. With each comes the reason for which it is to be given up."""
    token = uuid.uuid4()
    values = {"of_kind": kind, "now": clock.now(), "at_most": limit, "token": token, "lease_seconds": lease_seconds}
    rows = sorted(session.execute(_CLAIM, values).mappings(), key=lambda row: (row["run_after"], row["id"]))
    return [(_job(row, token, deadline), row["reason"]) for row in rows]


def _job(row: sa.RowMapping, token: uuid.UUID, deadline: float) -> Job:
    same = (
        *("id", "kind", "key", "may_have_run", "added_at", "correlation_id", "causation_id", "traceparent", "last_error"),
        *("unknown_outcomes", "held_at"),
    )
    return Job(
        **{name: row[name] for name in same},
        payload=json.loads(row["payload"] or "{}"),
        attempt=row["attempts"],
        token=token,
        deadline=deadline,
    )


def extend(session: Session, held: Iterable[Held], lease_seconds: float) -> None:
    """Hold on to jobs whose calls still run. One whose row is locked is being settled and needs no extension."""
    mine = sa.select(jobs.c.id).where(
        in_state(State.RUNNING), sa.tuple_(jobs.c.id, jobs.c.lease_token).in_([tuple(pair) for pair in held])
    )
    longer = sa.update(jobs).where(jobs.c.id.in_(_locked(mine, "mine"))).values(lease_until=_LEASE)
    session.execute(longer, {"lease_seconds": lease_seconds})


def reap(session: Session) -> list[tuple[str, uuid.UUID]]:
    """Put jobs whose lease ran out back among the waiting, marked ``may_have_run``. Returns their kinds and ids."""
    return [(kind, id_) for kind, id_ in session.execute(_REAP, {"now": clock.now()})]


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
    session: Session,
    job: Job,
    *,
    seconds: float,
    error: str | None,
    unknown: bool,
    copy: bool = False,
    reason: str | None = None,
) -> bool:
    """Have a job tried again later; with a ``reason``, only its giving up. ``False`` if it is no longer held.

    :param unknown: this attempt may have taken effect at the provider.
    :param copy: … which is counted as one more copy.
    """
    return _settle(
        session,
        job,
        state=State.WAITING.value,
        run_after=clock.now() + timedelta(seconds=seconds),
        may_have_run=job.may_have_run or unknown,
        unknown_outcomes=job.unknown_outcomes + copy,
        reason=reason,
        last_error=error,
    )


def hold(session: Session, job: Job, *, seconds: float, error: str | None, code: str) -> bool:
    """Keep a job for an operator; nobody counts its tries. ``False`` if it is no longer ours.

    :param seconds: after these it looks again by itself whether the other side has changed its mind.
    """
    return _settle(
        session,
        job,
        state=State.WAITING.value,
        run_after=clock.now() + timedelta(seconds=seconds),
        attempts=job.attempt - 1,
        last_error=error,
        held_at=job.held_at or clock.now(),
        held_for=code,
    )


def release(session: Session, job: Job) -> bool:
    """Give back a job whose call was not begun: as if it had never been claimed."""
    return _settle(session, job, state=State.WAITING.value, attempts=job.attempt - 1)


def settled(session: Session, job: Job) -> bool:
    """Whether this very attempt has been settled already: its commit came through although the answer did not."""
    mine = sa.select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.lease_token == job.token, ~in_state(State.RUNNING))
    return session.scalar(mine) is not None


@cache
def _settling(columns: tuple[str, ...]) -> Any:
    """The change of these columns of a job that is held; the new values are bound as ``new_<column>``."""
    mine = sa.and_(
        jobs.c.id == sa.bindparam("held", type_=sa.Uuid()),
        jobs.c.lease_token == sa.bindparam("by", type_=sa.Uuid()),
        in_state(State.RUNNING),
    )
    changes = {name: sa.bindparam(f"new_{name}", type_=jobs.c[name].type) for name in columns}
    return sa.update(jobs).where(mine).values(changes | {"lease_until": None}).returning(jobs.c.id)


def _settle(session: Session, job: Job, **values: Any) -> bool:
    # the token stays in the row (see `settled`); a lease that runs out takes it away
    values = {"attempts": job.attempt, **values}
    if job.held_at is not None and "held_at" not in values:
        values |= {"held_at": None, "held_for": None}
    bound = {f"new_{name}": value for name, value in values.items()} | {"held": job.id, "by": job.token}
    return session.scalar(_settling(tuple(values)), bound) is not None

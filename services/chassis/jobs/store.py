"""What a service does with jobs outside the runner: add, look at, bring back, say which are old."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import announce
from services.chassis.database.instant import utc
from services.chassis.errors import Permanent
from services.chassis.ids import uuid7
from services.chassis.jobs.table import State, in_state, is_held, jobs
from services.chassis.observe import trace
from services.chassis.observe.cause import cause

#: the reason of a job that an operator had given up
BY_OPERATOR = "by_operator"
_ADD = sa.insert(jobs)
_THERE = sa.select(jobs.c.id).where(jobs.c.kind == sa.bindparam("kind"), jobs.c.key == sa.bindparam("key"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as an operator may see it: without its payload, which is somebody's data."""

    id: uuid.UUID
    kind: str
    key: str | None
    state: State
    added_at: datetime
    run_after: datetime
    attempts: int
    may_have_run: bool
    unknown_outcomes: int
    held_at: datetime | None
    held_for: str | None
    lease_until: datetime | None
    reason: str | None
    last_error: str | None
    ended_at: datetime | None
    correlation_id: str | None


#: what a new job's row does not hold yet
_LATER = {"lease_token", "lease_until", "reason", "last_error", "ended_at", "held_at", "held_for"}
_VIEWED = [jobs.c[name] for name in JobView.__dataclass_fields__]


def add(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    run_after: datetime | None = None,
    correlation_id: str | None = None,
    may_have_run: bool = False,
) -> uuid.UUID:
    """Have a call made once this transaction commits; none is made if it rolls back.

    :param payload: what the call needs, as JSON values; secrets only as sealed boxes (law 5).
    :param key: names the call among its kind: adding it again, while the first is kept, does nothing.
    :param run_after: not before this moment; at once if left out.
    :param correlation_id: the dossier or complaint this belongs to; taken from what is being handled if left out.
    :param may_have_run: an earlier job of this kind, which a restored backup knows nothing of, may have made this call.
    :returns: the job's id; with a ``key`` that is there already, the id of that one, whatever its state.
    :raises ValueError, TypeError: for a payload that is not JSON, or a moment without a zone.
    """
    because = cause.get()
    now = clock.now()
    id_ = uuid7()
    row = {
        "id": id_,
        "kind": kind,
        "key": key,
        "payload": json.dumps(payload, allow_nan=False, separators=(",", ":")),
        "state": State.WAITING.value,
        "added_at": now,
        "run_after": now if run_after is None else utc(run_after),
        "attempts": 0,
        "may_have_run": may_have_run,
        "unknown_outcomes": int(may_have_run),
        "traceparent": trace.current(),
        "correlation_id": correlation_id or because.correlation_id,
        "causation_id": because.causation_id,
    }
    announce(session, kind)
    if key is None:
        session.execute(_ADD, row)
        return id_
    unless_there = _add_unless_there(session.get_bind().dialect.name == "postgresql")
    while True:
        found: uuid.UUID | None = session.scalar(unless_there, row) or session.scalar(_THERE, {"kind": kind, "key": key})
        if found is not None:
            return found
        # it was there, and was pruned between the two statements


@cache
def _add_unless_there(on_postgresql: bool) -> Any:
    insert = postgresql.insert(jobs) if on_postgresql else sqlite.insert(jobs)
    # the columns are named, and not taken from the row given: then SQLAlchemy would know this as an insert of many rows
    values = {column.name: sa.bindparam(column.name, type_=column.type) for column in jobs.c if column.name not in _LATER}
    return insert.values(values).on_conflict_do_nothing(index_elements=["kind", "key"]).returning(jobs.c.id)


def list_jobs(
    session: Session,
    id: uuid.UUID | None = None,  # noqa: A002 - what it is called everywhere
    *,
    kind: str | None = None,
    key: str | None = None,
    correlation_id: str | None = None,
    state: State | None = None,
    reason: str | None = None,
    held_for: str | None = None,
    held: bool = False,
    limit: int = 100,
) -> list[JobView]:
    """Return the jobs that fit, newest first, at most ``limit``; never their payloads.

    :param held: only those that are held for an operator.
    """
    query = sa.select(*_VIEWED).order_by(jobs.c.id.desc()).limit(limit)
    wanted = {"id": id, "kind": kind, "key": key, "correlation_id": correlation_id, "reason": reason, "held_for": held_for}
    for column, value in ((jobs.c[name], value) for name, value in wanted.items()):
        if value is not None:
            query = query.where(column == value)
    if state is not None:
        query = query.where(in_state(state))
    if held:
        query = query.where(is_held())
    return [JobView(**{**row, "state": State(row["state"])}) for row in session.execute(query).mappings()]


def counts(session: Session) -> dict[tuple[str, State], int]:
    """How many jobs of each kind are in each state. Reads the whole table: for people, not for a metric."""
    query = sa.select(jobs.c.kind, jobs.c.state, sa.func.count()).group_by(jobs.c.kind, jobs.c.state)
    return {(kind, State(state)): number for kind, state, number in session.execute(query)}


def waiting(session: Session) -> dict[str, int]:
    """How many jobs of each kind are due or will be; answered from an index that holds only these."""
    query = sa.select(jobs.c.kind, sa.func.count()).where(in_state(State.WAITING)).group_by(jobs.c.kind)
    return {kind: int(number) for kind, number in session.execute(query)}


def held(session: Session) -> dict[tuple[str, str], int]:
    """Return how many jobs of each kind are held for an operator, by why; answered from an index that holds only these."""
    query = sa.select(jobs.c.kind, jobs.c.held_for, sa.func.count()).where(is_held()).group_by(jobs.c.kind, jobs.c.held_for)
    return {(kind, why): int(number) for kind, why, number in session.execute(query)}


def take_up(session: Session, job_id: uuid.UUID, *, another_copy: bool = False) -> None:
    """Have a held job tried at once.

    :param another_copy: what it sends may arrive once more, although nobody knows what became of the copies before.
    :raises Permanent: if there is no such job, or it is not held.
    """
    now = sa.update(jobs).where(jobs.c.id == job_id, is_held()).values(run_after=clock.now())
    if another_copy:
        # it still looks first whether an earlier copy got through
        now = now.values(unknown_outcomes=sa.case((jobs.c.unknown_outcomes > 0, jobs.c.unknown_outcomes - 1), else_=0))
    kind = session.scalar(now.returning(jobs.c.kind))
    if kind is None:
        raise Permanent(f"job {job_id}: not there, or not held")
    announce(session, kind)


def give_up_held(session: Session, job_id: uuid.UUID) -> None:
    """Have a held job given up, as ``given_up`` of its kind says; it may be brought back by ``retry``.

    :raises Permanent: if there is no such job, or it is not held.
    """
    end = sa.update(jobs).where(jobs.c.id == job_id, is_held()).values(run_after=clock.now(), reason=BY_OPERATOR)
    kind = session.scalar(end.returning(jobs.c.kind))
    if kind is None:
        raise Permanent(f"job {job_id}: not there, or not held")
    announce(session, kind)


def retry(session: Session, job_id: uuid.UUID) -> None:
    """Bring back a job that was given up: all its tries are before it again, the first at once.

    What ``given_up`` recorded stays recorded: readers may hear of a failure first and of a success later.

    :raises Permanent: if there is no such job, it is not given up, or its payload was wiped.
    """
    again = (
        sa.update(jobs)
        .where(jobs.c.id == job_id, in_state(State.GIVEN_UP), jobs.c.payload.is_not(None))
        .values(state=State.WAITING.value, run_after=clock.now(), attempts=0, unknown_outcomes=0, reason=None, ended_at=None)
        .returning(jobs.c.kind)
    )
    kind = session.scalar(again)
    if kind is None:
        raise Permanent(f"job {job_id}: not there, not given up, or its payload was wiped")
    announce(session, kind)


def cancel(session: Session, job_id: uuid.UUID) -> bool:
    """End a job that waits, without a call, and forget what it was about; ``False`` if it is running or has ended."""
    end = sa.update(jobs).where(jobs.c.id == job_id, in_state(State.WAITING))
    ended = end.values(state=State.FINISHED.value, reason="cancelled", ended_at=clock.now(), payload=None)
    return session.scalar(ended.returning(jobs.c.id)) is not None


def wipe(session: Session, job_id: uuid.UUID) -> bool:
    """Forget what a job that has ended was about; ``False`` if there is none. One that was given up cannot come back."""
    forget = sa.update(jobs).where(jobs.c.id == job_id, jobs.c.ended_at.is_not(None)).values(payload=None)
    return session.scalar(forget.returning(jobs.c.id)) is not None


def old(now: datetime, *, keep: timedelta, keep_given_up: timedelta | None = None) -> sa.Select[Any]:
    """Select the ids of what finished longer than ``keep`` ago; deleting it also forgets its keys.

    Given-up jobs wait for somebody to look at them, unless ``keep_given_up`` says for how long.
    """
    over = sa.and_(in_state(State.FINISHED), jobs.c.ended_at < now - keep)
    if keep_given_up is not None:
        over |= sa.and_(in_state(State.GIVEN_UP), jobs.c.ended_at < now - keep_given_up)
    return sa.select(jobs.c.id).where(jobs.c.ended_at.is_not(None), over)

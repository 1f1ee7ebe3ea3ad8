"""Make a restored database safe to serve from: one transaction, once for each restore."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import Database, ServiceSession
from services.chassis.documents import DocumentStore
from services.chassis.errors import StartUpError
from services.chassis.jobs.table import State, in_state, jobs
from services.chassis.recovery import Recovery, Step, ledger
from services.chassis.recovery.table import add, identity, latest, newest_moment

_EVER = datetime(2020, 1, 1, tzinfo=UTC)
#: the ledger's entry for a restore; its number is the generation
RESTORED = "restored"


@dataclass(frozen=True)
class Outcome:
    """What a run did: rows changed by each step; ``done_before`` if an earlier run had done it for this restore."""

    generation: int
    since: datetime
    done_at: datetime
    changed: dict[str, int]
    done_before: bool = False


class _DryRun(Exception):  # noqa: N818  # rolls back, and is no error
    """Undoes what was tried."""


def after_restore(
    database: Database,
    documents: DocumentStore,
    service: str,
    steps: Sequence[Step],
    *,
    since: datetime | None = None,
    again: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Run the steps of every service, then ``steps``; all of it or nothing.

    :param since: when the backup was made; else the newest moment that the database knows of.
    :param again: also if it was done for this restore.
    :raises StartUpError: for a database in which nothing has happened yet.
    :raises StoreUnavailable, StoreMisconfigured: while the ledger cannot be read: without it erased data would come back.
    """
    with database.read() as session:
        before, restored = latest(session), identity(session)
        if before is not None and before["identity"] == restored and not again:
            return Outcome(before["generation"], before["since"], before["done_at"], json.loads(before["report"]), True)
        begin = since or _newest(session)
    noted = list(ledger.entries(documents, service, since=begin))
    earlier = [int(entry.number) for entry in ledger.entries(documents, service, since=_EVER) if entry.kind == RESTORED]
    generation = max([*earlier, before["generation"] if before is not None else 0]) + 1
    recovery = Recovery(since=begin, now=clock.now(), entries=noted)
    changed: dict[str, int] = {}
    try:
        with database.write() as session:
            for step in (*_EVERYWHERE, *steps):
                changed[step.name] = step.act(session, recovery)
            ledger.note(session, RESTORED, str(generation))
            row = {"generation": generation, "identity": identity(session), "since": begin, "done_at": recovery.now}
            add(session, row | {"report": json.dumps(changed)})
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return Outcome(generation, begin, recovery.now, changed)


def _newest(session: ServiceSession) -> datetime:
    newest = newest_moment(session)
    if newest is None:
        raise StartUpError("Nothing has happened in this database yet. Was the backup restored into it?")
    return newest


def _doubt_jobs(session: ServiceSession, recovery: Recovery) -> int:
    """Mark every open job as perhaps done already: the next try asks the provider first, as after a crash in the middle."""
    # tries counted before the backup stay counted: the same job may be what kills its worker
    doubted = sa.update(jobs).where(in_state(State.WAITING) | in_state(State.RUNNING))
    values = {"state": State.WAITING.value, "may_have_run": True, "lease_token": None, "lease_until": None}
    return session.connection().execute(doubted.values(values)).rowcount


_EVERYWHERE: Iterable[Step] = (Step("jobs looked up before they run", _doubt_jobs),)

"""One sweep and its rounds: what is due is found, locked, asked for again, acted on, and held back if it fails."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Database, is_gone
from services.chassis.errors import Permanent
from services.chassis.observe import logs, trace
from services.chassis.sweeps.guard import AllowanceSpent, ClockDiffers, Guard, Limit, Permit

_log = logs.get_logger(__name__)

_LONGEST_HOLD_SECONDS = 600.0
_MOST_HELD = 10_000

Key = tuple[Any, ...]


class StillDue(Permanent):
    """``act`` returned, but its row is still due."""

    safe_to_log = True


@dataclass(frozen=True, eq=False)
class Sweep:
    """A kind of due date.

    :param name: lower_snake_case, for logs.
    :param due: the rows due at a moment; its first selected thing belongs to a table with a primary key.
    :param act: what happens to one of them. It may be run again, after a roll-back.
    :param limit: how many rows of one round are usual; more wait for an operator.
    :param every_seconds: between two rounds, on the movable clock too: moving that begins a round at once.
    :param batch: rows looked up at a time.
    :param group: rows acted on in one transaction; one that raises is then found by taking each alone.
    :raises ValueError: for numbers that make no sense.
    """

    name: str
    due: Callable[[datetime], sa.Select[*tuple[Any, ...]]]
    act: Callable[[Session, Any], None]
    limit: Limit = field(kw_only=True)
    every_seconds: float = 60.0
    batch: int = 500
    group: int = 20

    def __post_init__(self) -> None:
        if not (self.every_seconds > 0 and self.batch > 0 and self.group > 0):
            raise ValueError(f"Sweep {self.name}: every_seconds, batch and group must be above 0")


@dataclass
class _Held:
    """A row that failed: left alone until ``until`` (``time.monotonic()``)."""

    failures: int
    until: float


class Rounds:
    """The rounds of one sweep.

    Which rows failed is kept in memory: after a restart, and in another process, each is tried once more before it waits.
    """

    def __init__(self, database: Database, sweep: Sweep, guard: Guard, stopping: threading.Event | None = None) -> None:
        self.sweep = sweep
        self._guard = guard
        #: what the round under way may do
        self._permit: Permit | None = None
        #: rows that failed and wait
        self.held: dict[Key, _Held] = {}
        self._database = database
        self._stopping = stopping or threading.Event()

    def round(self) -> None:
        """Act on all that is due now, except rows that failed, unless the guard holds the sweep."""
        name, failing = self.sweep.name, len(self._waiting())
        try:
            self._permit = self._guard.permit(name, self.sweep.limit, self.sweep.due, failing=failing)
            acted = self._act(self._permit.rows) if self._permit.rows else 0
        except ClockDiffers as differs:
            self._guard.hold(name, "clock", difference_seconds=differs.difference.total_seconds())
            return
        except AllowanceSpent:
            return
        finally:
            self._permit = None
        if acted:
            _log.info("sweep_acted", kind=name, count=acted)

    def _act(self, at_most: int) -> int:
        """Act on up to so many rows; stop early when a whole batch makes no progress. Return how many were acted on."""
        acted = 0
        while not self._stopping.is_set():
            found = self.find()
            keys, before = found[: at_most - acted], acted
            for start in range(0, len(keys), self.sweep.group):
                if self._stopping.is_set():
                    break
                acted += self.act_on(keys[start : start + self.sweep.group])
            if len(found) < self.sweep.batch or acted == before:
                break
        return acted

    def find(self) -> list[Key]:
        """Return the primary keys of what is due and not held, at most ``batch``."""
        waiting = self._waiting()
        with self._database.read() as session:
            query = self.sweep.due(self._guard.moment(session))
            columns = _key_columns(query)
            # as many more as are held, so that rows which fail never fill the batch
            keys = query.with_only_columns(*columns, maintain_column_froms=True).limit(self.sweep.batch + len(waiting))
            found = [tuple(row) for row in session.execute(keys)]
        return [key for key in dict.fromkeys(found) if key not in waiting][: self.sweep.batch]

    def act_on(self, keys: list[Key]) -> int:
        """Act on these in one transaction; if anything raises, on each in its own. Return how many were acted on."""
        try:
            acted = self._transaction(keys)
        except Exception as error:
            if is_gone(error) or isinstance(error, ClockDiffers | AllowanceSpent):
                raise
            if len(keys) > 1:
                return sum(self.act_on([key]) for key in keys if not self._stopping.is_set())
            held = self._hold(keys[0])
            _log.exception("sweep_row_failed", kind=self.sweep.name, attempts=held.failures, exc_info=error)
            return 0
        for key in keys:
            # acted on, or no longer due: either way what it failed with is past
            self.held.pop(key, None)
        return acted

    def _transaction(self, keys: list[Key]) -> int:
        """Lock, check again, act, and verify that the rows are no longer due. Skips rows locked by others."""
        acted: list[Key] = []
        with self._database.write() as session:
            due = self.sweep.due(self._guard.moment(session))
            columns = _key_columns(due)
            if self._database.is_postgresql:
                lock = sa.select(*columns).where(_among(columns, keys)).with_for_update(skip_locked=True)
                keys = [tuple(row) for row in session.execute(lock)]
            for key in keys:
                row = session.execute(due.where(_among(columns, [key]))).first()
                if row is not None:
                    with trace.use(None):
                        self.sweep.act(session, row[0] if len(row) == 1 else row)
                    acted.append(key)
            if acted and session.execute(due.where(_among(columns, acted))).first() is not None:
                raise StillDue(f"sweep {self.sweep.name}: act left its row due")
            if acted and self._permit is not None and self._permit.allowed:
                self._guard.use(session, self.sweep.name, len(acted))
        return len(acted)

    def _waiting(self) -> set[Key]:
        now = time.monotonic()
        return {key for key, held in self.held.items() if held.until > now}

    def _hold(self, key: Key) -> _Held:
        failures = self.held[key].failures + 1 if key in self.held else 1
        delay = min(self.sweep.every_seconds * 2.0 ** min(failures - 1, 32), _LONGEST_HOLD_SECONDS)
        self.held.pop(key, None)
        held = self.held[key] = _Held(failures, time.monotonic() + delay)
        if len(self.held) > _MOST_HELD:
            del self.held[next(iter(self.held))]
        return held


def _key_columns(query: sa.Select[*tuple[Any, ...]]) -> list[sa.ColumnElement[Any]]:
    """Return the primary key of the table of the first thing selected."""
    first = query.column_descriptions[0]
    mapper = sa.inspect(first.get("entity"), raiseerr=False)
    table = getattr(mapper, "local_table", None) if mapper is not None else getattr(first["expr"], "table", None)
    if not isinstance(table, sa.Table) or not len(table.primary_key.columns):
        raise TypeError("sweep: the first thing selected must be an ORM class or a column of a table with a primary key")
    return list(table.primary_key.columns)


def _among(columns: Sequence[sa.ColumnElement[Any]], keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else sa.tuple_(*columns).in_(list(keys))

"""What the commands of `vss parked` do to the table of held messages: replay, edit, drop.

Work on many rows goes in transactions of some hundred, so that the service goes on beside it. A row that is no longer in the state
in which it was chosen is left alone: somebody else, or the service, has dealt with it.
"""

import base64
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.held import State, held_messages
from services.chassis.bus.replay import due_again
from services.chassis.cli.console import as_json
from services.chassis.database import Database, ServiceSession

_CHUNK = 500

#: called with the number of rows dealt with since the last call; returns whether to go on
Step = Callable[[int], bool]


def replay(database: Database, state: State, keys: Sequence[uuid.UUID], step: Step) -> int:
    """Make messages due now: the service takes them up within a second. Returns how many."""

    def act(session: ServiceSession, chunk: list[dict[str, Any]]) -> None:
        _update(session, [row["id"] for row in chunk], **due_again(state))

    return _each_chunk(database, state, keys, act, step)


def edit(
    database: Database, keys: Sequence[uuid.UUID], change: Callable[[Mapping[str, Any]], dict[str, Any] | None], step: Step
) -> int:
    """Give rows the columns that ``change`` returns for them (None: as they are); they stay parked. Returns how many."""

    def act(session: ServiceSession, chunk: list[dict[str, Any]]) -> None:
        for row in chunk:
            if values := change(row):
                _update(session, [row["id"]], **values, edited_at=clock.now())

    return _each_chunk(database, State.PARKED, keys, act, step)


def drop(database: Database, state: State, keys: Sequence[uuid.UUID], step: Step, *, because: str, file: Path) -> int:
    """Delete rows, after they were written to ``file``. Returns how many."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def act(session: ServiceSession, chunk: list[dict[str, Any]]) -> None:
        with os.fdopen(os.dup(descriptor), "wb") as output:
            for row in chunk:
                body = base64.b64encode(row["body"]).decode()
                record = {**row, "body": body, "dropped_at": clock.now(), "because": because}
                output.write(as_json(record).encode() + b"\n")
        os.fsync(descriptor)
        gone = [row["id"] for row in chunk]
        # a copy that still comes is dropped, too
        inbox.refresh(session, gone)
        session.execute(sa.delete(held_messages).where(held_messages.c.id.in_(gone)))

    try:
        return _each_chunk(database, state, keys, act, step)
    finally:
        os.close(descriptor)


def _each_chunk(
    database: Database,
    state: State,
    keys: Sequence[uuid.UUID],
    act: Callable[[ServiceSession, list[dict[str, Any]]], None],
    step: Step,
) -> int:
    done = 0
    for start in range(0, len(keys), _CHUNK):
        query = sa.select(held_messages).where(held_messages.c.id.in_(keys[start : start + _CHUNK]), held.in_state(state))
        with database.write() as session:
            # rows that the service is trying just now are left to it
            chunk = [row._asdict() for row in session.execute(query.with_for_update(skip_locked=True))]
            act(session, chunk)
        done += len(chunk)
        if not step(len(keys[start : start + _CHUNK])):
            break
    return done


def _update(session: ServiceSession, keys: Sequence[uuid.UUID], **values: Any) -> None:
    session.execute(sa.update(held_messages).where(held_messages.c.id.in_(keys)).values(**values))


def iterate(database: Database, keys: Sequence[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Yield the whole rows with these keys, some hundred in memory at a time."""
    for start in range(0, len(keys), _CHUNK):
        query = sa.select(held_messages).where(held_messages.c.id.in_(keys[start : start + _CHUNK]))
        with database.read() as session:
            rows = [row._asdict() for row in session.execute(query)]
        yield from rows

"""What the commands of `vss parked` do to the table of held messages: find, replay, edit, drop.

Work on many rows goes in transactions of some hundred, so that the service goes on beside it. A row that is no longer in the state
in which it was chosen is left alone: somebody else, or the service, has dealt with it.
"""

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.held import State, held_messages
from services.chassis.database import Database, ServiceSession
from services.chassis.facts.envelope import attribute

_CHUNK = 500
_GROUPED = (held_messages.c.fact, held_messages.c.reason, held_messages.c.error)

#: called with the number of rows dealt with since the last call; returns whether to go on
Step = Callable[[int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which held messages are meant: all that is given must fit."""

    state: State = State.PARKED
    #: beginnings of message ids or keys
    ids: Sequence[str] = ()
    group: str | None = None
    facts: Sequence[str] = ()
    reasons: Sequence[str] = ()
    error: str | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it."""
        return self == Selection(state=self.state)

    def where(self, session: ServiceSession) -> list[sa.ColumnElement[bool]]:
        """Return the conditions. ``fact`` may be a type, or part of one between dots."""
        columns, conditions = held_messages.c, [held.in_state(self.state)]
        moment = columns.parked_at if self.state is State.PARKED else columns.first_seen_at
        if self.ids:
            conditions.append(sa.or_(*(_begins(id_) for id_ in self.ids)))
        if self.facts:
            conditions.append(
                sa.or_(
                    *(
                        sa.or_(columns.fact == name, columns.type.endswith(f".{name}", autoescape=True))
                        for name in self.facts
                    )
                )
            )
        if self.reasons:
            conditions.append(columns.reason.in_(self.reasons))
        if self.error is not None:
            conditions.append(columns.error.icontains(self.error, autoescape=True))
        if self.subject is not None:
            conditions.append(columns.subject == self.subject)
        if self.since is not None:
            conditions.append(moment >= self.since)
        if self.before is not None:
            conditions.append(moment < self.before)
        if self.group is not None:
            found = [group for group in groups(session, conditions) if group["group"] == self.group]
            conditions += [column == found[0][column.name] for column in _GROUPED] if found else [sa.false()]
        return conditions


def groups(session: ServiceSession, where: Sequence[sa.ColumnElement[bool]]) -> list[dict[str, Any]]:
    """Count by fact, reason and error, the biggest group first; each with a short name of its own."""
    columns, number = held_messages.c, sa.func.count().label("messages")
    moments = (
        sa.func.min(columns.first_seen_at).label("first_seen_at"),
        sa.func.max(columns.parked_at).label("last_parked_at"),
    )
    query = sa.select(*_GROUPED, number, *moments).where(*where).group_by(*_GROUPED).order_by(number.desc(), *_GROUPED)
    found = [row._asdict() for row in session.execute(query)]
    return [{"group": _short("\0".join(row[column.name] for column in _GROUPED)), **row} for row in found]


def find(session: ServiceSession, selection: Selection, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the rows without headers and body, in the order in which they were first seen."""
    columns = [column for column in held_messages.c if column.name not in ("headers", "properties", "body")]
    size = sa.func.length(held_messages.c.body).label("size_bytes")
    query = sa.select(*columns, size).where(*selection.where(session))
    query = query.order_by(held_messages.c.first_seen_at, held_messages.c.id).limit(limit)
    return [row._asdict() for row in session.execute(query)]


def replay(database: Database, state: State, keys: Sequence[uuid.UUID], step: Step) -> int:
    """Make messages due now: the service takes them up within a second. Returns how many."""
    replays = held_messages.c.replays + (1 if state is State.PARKED else 0)
    values = {"state": State.WAITING.value, "attempts": 0, "trying": False, "parked_at": None, "replays": replays}

    def act(session: ServiceSession, chunk: list[dict[str, Any]]) -> None:
        _update(session, [row["id"] for row in chunk], **values, due_at=clock.now())

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
            output.writelines(json.dumps(_record(row, because)).encode() + b"\n" for row in chunk)
        os.fsync(descriptor)
        gone = [row["id"] for row in chunk]
        # a copy that still comes is dropped, too
        inbox.refresh(session, gone)
        session.execute(sa.delete(held_messages).where(held_messages.c.id.in_(gone)))

    try:
        return _each_chunk(database, state, keys, act, step)
    finally:
        os.close(descriptor)


def with_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row whose headers are to be ``headers``."""
    told = {name: attribute(headers, name) for name in ("type", "source", "subject", "id")}
    texts = {name: value if isinstance(value, str) else "" for name, value in told.items()}
    message_id = texts.pop("id")
    more = {"message_id": message_id} if message_id else {}
    return {"headers": json.dumps(headers), "fact": held.fact_of(texts["type"]), **texts, **more}


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


def _begins(id_: str) -> sa.ColumnElement[bool]:
    key = sa.func.replace(sa.cast(held_messages.c.id, sa.Text), "-", "")
    return sa.or_(
        held_messages.c.message_id.startswith(id_, autoescape=True), key.startswith(id_.replace("-", ""), autoescape=True)
    )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:7]


def _record(row: Mapping[str, Any], because: str) -> dict[str, Any]:
    body = base64.b64encode(row["body"]).decode()
    return {**columns_for_json(row), "body": body, "dropped_at": clock.now().isoformat(), "because": because}


def columns_for_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``row`` as JSON can hold it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, uuid.UUID) else value
        for name, value in row.items()
    }


def iterate(database: Database, keys: Sequence[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Yield the whole rows with these keys, some hundred in memory at a time."""
    for start in range(0, len(keys), _CHUNK):
        query = sa.select(held_messages).where(held_messages.c.id.in_(keys[start : start + _CHUNK]))
        with database.read() as session:
            rows = [row._asdict() for row in session.execute(query)]
        yield from rows

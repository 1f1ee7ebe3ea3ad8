"""Held messages: the table of those that wait for another try, and of those parked for a person.

A row is written in the transaction that marks its message in the inbox, under the same key: so a message is held once, however
often it is delivered, and a copy that comes later is a duplicate. A message that a handler had is known by its id; one that could
not be read by its content, so that it never stands in the way of a good message with the same id.
"""

import base64
import hashlib
import json
import math
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import amqp
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.database import Instant, chassis_metadata
from services.chassis.facts.envelope import attribute

_BY_CONTENT = uuid.UUID("7d3c1f52-6a86-5d0e-9a53-0b1f6a2f4c11")
_LONGEST_ERROR = 500
_LONGEST_NAME = 300
_DEEPEST = 100
#: what is kept of a message besides headers and body
_PROPERTIES = (
    "content_type", "content_encoding", "correlation_id", "reply_to", "priority", "message_id", "timestamp", "type", "app_id",
)  # fmt: skip
#: what the broker writes, obeys, or counts at each delivery; and what earlier releases wrote. A replay starts without them
_NOT_KEPT = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count", "x-opt-", "CC", "BCC")
_EARLIER_RELEASES = ("vss-attempts", "vss-first-seen", "vss-parked-", "vss-replays", "vss-edited-at")


class State(StrEnum):
    """What a held message waits for."""

    #: its time: ``due_at``
    WAITING = "waiting"
    #: a person
    PARKED = "parked"


held_messages = sa.Table(
    "held_messages",
    chassis_metadata,
    #: the key under which the inbox knows the message
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("state", sa.Text(), nullable=False),
    #: as it was sent; may be empty, and anything
    sa.Column("message_id", sa.Text(), nullable=False),
    sa.Column("exchange", sa.Text(), nullable=False),
    sa.Column("routing_key", sa.Text(), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    #: the fact's name as the type tells it
    sa.Column("fact", sa.Text(), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    #: whom it is about: the number of a dossier, account or complaint
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("error", sa.Text(), nullable=False),
    #: rounds that have failed since it arrived, or since its last replay
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("replays", sa.Integer(), nullable=False),
    #: a try was begun; if it is still set when the row is due again, that try ended its process
    sa.Column("trying", sa.Boolean(), nullable=False),
    sa.Column("first_seen_at", Instant(), nullable=False),
    sa.Column("parked_at", Instant()),
    sa.Column("due_at", Instant()),
    sa.Column("edited_at", Instant()),
    #: JSON as text: PostgreSQL's jsonb refuses NUL characters
    sa.Column("headers", sa.Text(), nullable=False),
    sa.Column("properties", sa.Text(), nullable=False),
    sa.Column("body", sa.LargeBinary(), nullable=False),
)


def in_state(state: State) -> sa.ColumnElement[Any]:
    """``state = '…'`` written out: with a bound value PostgreSQL could not use the partial index."""
    return held_messages.c.state == sa.literal_column(f"'{state.value}'", sa.Text())


def key_by_content(message: amqp.Message) -> uuid.UUID:
    """Return a key that every delivery of ``message`` has, and nothing with another body or other headers."""
    digest = hashlib.sha256(_as_bytes(message.body)).hexdigest()
    message_id = str(message.properties.get("message_id") or "").encode(errors="backslashreplace").decode()
    return uuid.uuid5(_BY_CONTENT, f"{digest} {message_id} {_json(_kept_headers(message.headers))}")


def hold(session: Session, key: uuid.UUID, message: amqp.Message, way: Way, failure: Mapping[str, Any], **more: Any) -> None:
    """Write the row of ``message``. A row with the same key stays as it is.

    :param way: by which it came; it is believed by that when it is tried again.
    :param failure: what ``failed`` returns.
    :param more: columns that are not to be as for a message that comes for the first time now.
    """
    properties = {name: message.properties[name] for name in _PROPERTIES if message.properties.get(name) is not None}
    row = {
        "id": key,
        "message_id": _text(properties.get("message_id")),
        "exchange": _text(way.exchange),
        "routing_key": _text(way.routing_key),
        "replays": 0,
        "first_seen_at": clock.now(),
        "properties": _json(properties),
        "body": _as_bytes(message.body),
        **with_headers(_kept_headers(message.headers)),
        **failure,
        **more,
    }
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(held_messages).on_conflict_do_nothing(), [row])


def with_headers(headers: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the columns of a message with these headers: what they tell is kept for the lists, too."""
    told = {name: _text(attribute(headers, name)) for name in ("type", "source", "subject")}
    id_ = _text(attribute(headers, "id"))
    return {"headers": _json(headers), "fact": fact_of(told["type"]), **told} | ({"message_id": id_} if id_ else {})


def failed(reason: Reason, error: str, *, attempts: int, due_at: datetime | None) -> dict[str, Any]:
    """Return the columns that say why a message is held: waiting until ``due_at``, or parked without it."""
    return {
        "state": (State.PARKED if due_at is None else State.WAITING).value,
        "reason": reason.value,
        "error": _text(error, _LONGEST_ERROR),
        "attempts": attempts,
        "trying": False,
        "parked_at": clock.now() if due_at is None else None,
        "due_at": due_at,
    }


def message_of(row: Mapping[str, Any]) -> amqp.Message:
    """Return the message that ``row`` holds, as it can be read again."""
    properties, headers = json.loads(row["properties"]), json.loads(row["headers"])
    return amqp.Message(bytes(row["body"]), application_headers=headers, **properties)


def fact_of(type_: str) -> str:
    """``declaration_submitted`` of ``vn.vss.registration.declaration_submitted.v1``; the whole text if it is of another form."""
    parts = type_.split(".")
    return parts[-2] if len(parts) > 2 else type_


def claim(session: Session, limit: int, *, until: datetime) -> list[dict[str, Any]]:
    """Take up to ``limit`` rows that are due, so that nobody else does before ``until``; the rows as they were.

    One whose last try ended its process comes alone, when nothing else is due: it must not take others with it.
    """
    due = [in_state(State.WAITING), held_messages.c.due_at <= clock.now()]
    for trying, most in ((False, limit), (True, 1)):
        query = (
            sa.select(held_messages)
            .where(*due, held_messages.c.trying.is_(trying))
            .order_by(held_messages.c.due_at, held_messages.c.first_seen_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        rows = [row._asdict() for row in session.execute(query)]
        if rows:
            taken = sa.update(held_messages).where(held_messages.c.id.in_([row["id"] for row in rows]))
            # counted before it is made: a try that ends its process counts, too
            session.execute(taken.values(attempts=held_messages.c.attempts + 1, trying=True, due_at=until))
            return rows
    return []


def any_due(session: Session) -> bool:
    """Whether a claim would find something; takes no lock."""
    query = sa.select(held_messages.c.id).where(in_state(State.WAITING), held_messages.c.due_at <= clock.now()).limit(1)
    return session.scalar(query) is not None


def counts(session: Session) -> dict[State, int]:
    """How many messages are in each state."""
    query = sa.select(held_messages.c.state, sa.func.count()).group_by(held_messages.c.state)
    found = {State(state): number for state, number in session.execute(query)}
    return {state: found.get(state, 0) for state in State}


def release(session: Session, claimed: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    """Delete rows whose messages are being handled in this transaction.

    :param claimed: keys, each with its ``attempts`` as the claim left it: a row that somebody else has claimed since is theirs.
    :returns: the keys of the rows that were ours.
    """
    query = sa.select(held_messages.c.id, held_messages.c.attempts).where(
        held_messages.c.id.in_(list(claimed)), in_state(State.WAITING)
    )
    ours = {key for key, attempts in session.execute(query.with_for_update(skip_locked=True)) if claimed[key] == attempts}
    session.execute(sa.delete(held_messages).where(held_messages.c.id.in_(ours)))
    return ours


def _as_bytes(body: bytes | str | memoryview) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def _kept_headers(headers: Mapping[Any, Any] | None) -> dict[Any, Any]:
    dropped = (*_NOT_KEPT, *_EARLIER_RELEASES)
    return {name: value for name, value in (headers or {}).items() if not str(name).startswith(dropped)}


def _text(value: Any, longest: int = _LONGEST_NAME) -> str:
    """``value`` if it is text, bounded, and as both databases can write it."""
    if not isinstance(value, str):
        return ""
    return value[:longest].replace("\0", "\\0").encode(errors="backslashreplace").decode()


def _json(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))


def _plain(value: Any, levels: int = _DEEPEST) -> Any:
    """``value`` as JSON can hold it: bytes as base64, moments as text, what is nested too deeply as its kind."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Mapping) and levels:
        pairs: Iterable[tuple[Any, Any]] = value.items()
        return {key if isinstance(key, str) else repr(key): _plain(one, levels - 1) for key, one in pairs}
    if isinstance(value, (list, tuple)) and levels:
        return [_plain(one, levels - 1) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return repr(value) if levels else f"<{type(value).__name__}>"

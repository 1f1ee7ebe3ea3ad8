"""The outbox: facts are written in the transaction of the change they report (law 4); the relay numbers and sends them.

``record`` only remembers; the rows are written in one statement just before the commit. Their numbers are thus taken after
the rows of the aggregate are locked, so facts about one aggregate are numbered in the order of their commits.
"""

import uuid
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from services.chassis import clock
from services.chassis.database import ServiceSession, announce, chassis_metadata
from services.chassis.errors import InvalidFact
from services.chassis.facts import Fact
from services.chassis.facts.envelope import Envelope, schema_of, source_of, type_of
from services.chassis.ids import uuid7
from services.chassis.observe import trace
from services.chassis.observe.cause import cause

outbox = sa.Table(
    "outbox",
    chassis_metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("fact", sa.Text(), nullable=False),
    sa.Column("headers", sa.Text(), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("public_body", sa.Text()),
    #: for releases before 0.3, should one come back: whether to keep the fact until somebody reads it
    sa.Column("needs_reader", sa.Boolean(), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sqlite_autoincrement=True,
)

_COLUMNS = ("id", "fact", "headers", "body", "public_body", "needs_reader", "recorded_at")
# one JSON parameter: psycopg writes seven arrays in Python, json writes one text in C
_POSTGRESQL = sa.text(
    f"INSERT INTO outbox ({', '.join(_COLUMNS)}) SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row(id uuid, fact text, "
    "headers text, body text, public_body text, needs_reader boolean, recorded_at timestamptz)"
)
_PENDING, _MARKS = "outbox_pending", "outbox_marks"
#: announced after each commit that recorded facts
FACTS = "facts"


# What the broker refuses would come first in the outbox for ever, and hold up all that follows. Headers travel in one frame
# of 128 KiB; a body may be 128 MiB by default, but what is large belongs into a document (claim check). Up to four bytes each.
_MOST_HEADER_CHARACTERS = 16 * 1024
_MOST_BODY_CHARACTERS = 4 * 1024**2


_service: str | None = None


_revision_base = 0


def publish_as(service: str, *, revision_base: int = 0) -> None:
    """Set this process's service, the source of its facts, once at start-up.

    :param revision_base: added to each fact's revision (`recovery.table.revision_base`).
    """
    global _service, _revision_base
    _service, _revision_base = service, revision_base


def record(session: Session, fact: Fact, *, revision: int = 1, correlation_id: str | None = None) -> uuid.UUID:
    """Publish ``fact`` once this transaction commits; nothing is sent if it rolls back.

    :param revision: the aggregate's revision after the change, by which a reader orders facts about it.
    :param correlation_id: the dossier or complaint that this belongs to; taken from what is being handled if left out.
    :returns: the fact's id.
    :raises InvalidFact: naming the fields that do not fit the declaration; or if the fact is too large for the broker.
    :raises TypeError: for a session that would never write it: one of SQLAlchemy's own, or one of ``database.read()``.
    """
    if not (isinstance(session, ServiceSession) and session.writes):
        raise TypeError("outbox: record() needs a session of database.write(); from any other the fact would be lost")
    if _service is None:
        raise RuntimeError("outbox: publish_as(service) was not called at start-up")
    data = fact.dump()
    subject = str(data[fact.subject_field])
    because = cause.get()
    now = clock.now()
    envelope = Envelope(
        id=uuid7(),
        source=source_of(_service),
        type=type_of(_service, fact.fact_name, fact.version),
        subject=subject,
        time=now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        dataschema=schema_of(_service, fact.fact_name, fact.version),
        revision=_revision_base + revision,
        correlationid=correlation_id or because.correlation_id or subject,
        causationid=because.causation_id,
        traceparent=trace.child(trace.current()),
    )
    headers, body = _json(envelope.headers()), _json(data)
    if len(headers) > _MOST_HEADER_CHARACTERS or len(body) > _MOST_BODY_CHARACTERS:
        what = f"{fact.subject_field}: too long to travel" if len(body) <= _MOST_BODY_CHARACTERS else "too large to travel"
        raise InvalidFact(f"{fact.fact_name}.v{fact.version}", {"envelope": what})
    public = _json(fact.reduce(data)) if fact.public_fields else None
    row = (envelope.id, fact.fact_name, headers, body, public, fact.needs_reader, now)
    session.info.setdefault(_PENDING, []).append(dict(zip(_COLUMNS, row, strict=True)))
    return envelope.id


def _json(data: Any) -> str:
    return orjson.dumps(data).decode()


@event.listens_for(ServiceSession, "before_commit")
def _before_commit(session: Session) -> None:
    if session.in_nested_transaction() or not (rows := session.info.pop(_PENDING, None)):
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_POSTGRESQL, {"rows": _json(rows)})
    else:
        session.execute(sa.insert(outbox), rows)
    announce(session, FACTS)


@event.listens_for(ServiceSession, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, {})[transaction] = len(session.info.get(_PENDING, ()))


@event.listens_for(ServiceSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    """Drop the facts of a savepoint that rolls back, or of the whole transaction."""
    pending = session.info.get(_PENDING)
    if pending is not None:
        del pending[session.info.get(_MARKS, {}).get(previous, 0) if previous.nested else 0 :]

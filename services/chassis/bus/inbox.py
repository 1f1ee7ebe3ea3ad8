"""The inbox: ids of the messages this service has handled or holds, so that each is handled once however often it is delivered.

The ids are written in the transaction of the work they stand for. Two processes that get the same message at once meet on
the primary key: the second waits for the first's commit and then finds nothing new.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.held import held_messages
from services.chassis.database import chassis_metadata
from services.chassis.sweeps import Pruning

inbox = sa.Table(
    "inbox",
    chassis_metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    # for prune: oldest first. Rows come in time order, so an insert touches its last page only
    sa.Index("inbox_received_at", "received_at"),
)

_POSTGRESQL = sa.text(
    "INSERT INTO inbox (id, received_at) SELECT CAST(id AS uuid), :at FROM unnest(string_to_array(:ids, ',')) AS id "
    "ON CONFLICT DO NOTHING RETURNING id"
)
# SQLite keeps uuids as 32 hex digits (what sa.Uuid writes)
_SQLITE = sa.text(
    "INSERT INTO inbox (id, received_at) SELECT value, :at FROM json_each(:ids) WHERE true ON CONFLICT DO NOTHING RETURNING id"
)


def take(session: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Mark ``ids`` as handled in this transaction; the ones returned are new and are the caller's to handle."""
    if session.get_bind().dialect.name == "postgresql":
        # sorted: two processes that share ids lock them in the same order
        rows = session.execute(_POSTGRESQL, {"ids": ",".join(map(str, sorted(ids))), "at": clock.now()})
        return {row[0] for row in rows}
    at = clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    rows = session.execute(_SQLITE, {"ids": json.dumps([i.hex for i in ids]), "at": at})
    return {uuid.UUID(row[0]) for row in rows}


def refresh(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Remember ``ids`` from now on: what was held for long is over only now, and a copy may still come."""
    session.execute(sa.update(inbox).where(inbox.c.id.in_(ids)).values(received_at=clock.now()))


def pruning(keep: timedelta) -> Pruning:
    """Return what forgets ids received longer than ``keep`` ago."""
    # a message that waits or is parked is not over: a copy of it must not be handled beside it
    over = ~sa.exists().where(held_messages.c.id == inbox.c.id)

    def old(now: datetime) -> sa.Select[Any]:
        return sa.select(inbox.c.id).where(inbox.c.received_at < now - keep, over).order_by(inbox.c.received_at)

    return Pruning("prune_inbox", old, every_seconds=600.0, pause_seconds=0.2)

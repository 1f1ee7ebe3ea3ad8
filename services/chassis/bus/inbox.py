"""The inbox: ids of the messages this service has handled or holds, so that each is handled once however often it is delivered.

The ids are written in the transaction of the work they stand for. Two processes that get the same message at once meet on
the primary key: the second waits for the first's commit and then finds nothing new. Beside the id stands the number that the
source gave the message on its lane: what is missing among these was lost on the way (``gaps``).
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.held import held_messages
from services.chassis.bus.numbering import Place
from services.chassis.database import chassis_metadata
from services.chassis.sweeps import Pruning

inbox = sa.Table(
    "inbox",
    chassis_metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    #: who numbered it: "<source> <epoch>"; null if nobody did
    sa.Column("origin", sa.Text()),
    sa.Column("number", sa.BigInteger()),
    # for prune: oldest first. Rows come in time order, so an insert touches its last page only
    sa.Index("inbox_received_at", "received_at"),
)

_POSTGRESQL = sa.text(
    "INSERT INTO inbox (id, received_at, origin, number)"
    " SELECT CAST(id AS uuid), :at, nullif(origin, ''), CAST(nullif(number, '') AS bigint)"
    " FROM unnest(string_to_array(:ids, ','), string_to_array(:origins, ','), string_to_array(:numbers, ','))"
    " AS given(id, origin, number) ON CONFLICT DO NOTHING RETURNING id"
)
# SQLite keeps uuids as 32 hex digits (what sa.Uuid writes)
_SQLITE = sa.text(
    "INSERT INTO inbox (id, received_at, origin, number) SELECT value ->> 0, :at, value ->> 1, value ->> 2 FROM json_each(:rows)"
    " WHERE true ON CONFLICT DO NOTHING RETURNING id"
)


def take(session: Session, messages: Mapping[uuid.UUID, Place | None] | Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Mark messages as handled in this transaction; the ones returned are new and are the caller's to handle.

    :param messages: their ids, with their places on the lane where they are known.
    """
    places = messages if isinstance(messages, Mapping) else dict.fromkeys(messages)
    # sorted: two processes that share ids lock them in the same order
    ids = sorted(places)
    if session.get_bind().dialect.name == "postgresql":
        told = [places[id_] or ("", "") for id_ in ids]
        bound = {
            "ids": ",".join(map(str, ids)),
            "origins": ",".join(str(origin) for origin, _ in told),
            "numbers": ",".join(str(number) for _, number in told),
            "at": clock.now(),
        }
        new = {row[0] for row in session.execute(_POSTGRESQL, bound)}
    else:
        at = clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        rows = json.dumps([[id_.hex, *(places[id_] or (None, None))] for id_ in ids])
        new = {uuid.UUID(row[0]) for row in session.execute(_SQLITE, {"rows": rows, "at": at})}
    if len(new) < len(ids):
        _note_places(session, {id_: place for id_, place in places.items() if place and id_ not in new})
    return new


def _note_places(session: Session, places: Mapping[uuid.UUID, Place]) -> None:
    """Note the numbers of messages that came before: without one, to a release that knew none, or with another.

    That is a source which was restored and numbers again what it had recorded before (`vss after-restore`): the second number
    stands in a row of its own, or it would be missed.
    """
    for id_, place in places.items():
        note = sa.update(inbox).where(inbox.c.id == id_, inbox.c.number.is_(None))
        session.execute(note.values(origin=place.origin, number=place.number))
        if session.scalar(sa.select(inbox.c.origin).where(inbox.c.id == id_)) not in (place.origin, None):
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            second = {"id": uuid.uuid5(id_, place.origin), "received_at": clock.now(), **place._asdict()}
            session.execute(insert(inbox).values(second).on_conflict_do_nothing())


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

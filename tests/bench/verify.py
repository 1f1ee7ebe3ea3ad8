"""Reading everything back: a peer that loses, doubles or leaves something behind gets no figure."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import pika
from psycopg import sql

from tests.bench import wire
from tests.bench.peers import Peer
from tests.bench.rig import Ground

_SETTLE_SECONDS = 5


@dataclass(frozen=True)
class Counts:
    """Rows in a peer's tables."""

    business: int
    inbox: int
    outbox: int

    @classmethod
    def of(cls, peer: Peer, ground: Ground) -> Self:
        with ground.database() as database:

            def rows(table: str | None, where: str = "true") -> int:
                if table is None:
                    return 0
                query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table), sql.SQL(where))
                row = database.execute(query).fetchone()
                return int(row[0]) if row else 0

            # old ids may be forgotten meanwhile (see variations.py)
            return cls(rows(peer.business), rows(peer.inbox, "received_at > now() - interval '1 day'"), rows(peer.outbox))


def verify(peer: Peer, ground: Ground, facts: int, before: Counts) -> list[str]:
    """What is wrong after the peer has stopped; nothing, if every fact has been handled exactly once."""
    after = Counts.of(peer, ground)
    left = _waiting(peer, ground)
    follow_ups = list(_follow_ups(ground))
    found = {
        "business rows": (after.business - before.business, facts),
        "inbox rows": (after.inbox - before.inbox, facts),
        "outbox rows": (after.outbox, 0),
        "messages left in the queue": (left, 0),
        "follow-ups": (len(follow_ups), facts),
        "follow-ups that say what they should": (sum(_is_right(data, properties) for data, properties in follow_ups), facts),
        "dossiers followed up": (len({data.get("dossier_no") for data, _ in follow_ups}), facts),
    }
    if peer.envelope:
        found["message ids"] = (len({properties.message_id for _, properties in follow_ups}), facts)
        found["whole envelopes"] = (sum(_has_envelope(properties) for _, properties in follow_ups), facts)
        causes = Counter((properties.headers or {}).get(wire.PREFIX + "causationid") for _, properties in follow_ups)
        found["causes"] = (len(causes), facts)
    return [f"{got} {what} instead of {wanted}" for what, (got, wanted) in found.items() if got != wanted]


def _waiting(peer: Peer, ground: Ground) -> int:
    """Messages that the peer has not acked. The broker needs a moment to put back what a gone consumer held."""
    with ground.broker() as connection:
        channel = connection.channel()
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            state = channel.queue_declare(peer.in_queue, passive=True).method
            if state.consumer_count == 0 or time.monotonic() > deadline:
                return int(state.message_count)
            time.sleep(0.1)


def _follow_ups(ground: Ground) -> Iterator[tuple[dict[str, Any], pika.BasicProperties]]:
    with ground.broker() as connection:
        channel = connection.channel()
        for method, properties, body in channel.consume(wire.OUT_QUEUE, auto_ack=True, inactivity_timeout=1):
            if method is None or properties is None or body is None:
                break
            yield json.loads(body), properties


def _is_right(data: dict[str, Any], properties: pika.BasicProperties) -> bool:
    number = int(str(data.get("bhxh_code", "-1")))
    return data == wire.case_of(wire.dossier(number)) and properties.delivery_mode == 2


def _has_envelope(properties: pika.BasicProperties) -> bool:
    headers = properties.headers or {}
    return all(headers.get(wire.PREFIX + name) is not None for name in wire.ATTRIBUTES)

"""Telling facts again: from a source's log, on one reader's lane, to a reader that missed them.

Harmless to do twice: what the reader has handled it drops by its id. A fact whose personal data were erased is told as erased, and
one whose sealed field was forgotten without it, unless the service makes a new one (``renewals``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.bus import connection as broker
from services.chassis.bus.fact_log import fact_log
from services.chassis.bus.lanes import outgoing
from services.chassis.bus.log_store import LogStore, Numbered
from services.chassis.bus.publisher import Publisher
from services.chassis.bus.topology import Exchange, Topology, lane_exchange
from services.chassis.database import Database
from services.chassis.errors import ChassisError
from services.chassis.facts.envelope import PREFIX
from services.chassis.ids import uuid7

_CHUNK = 500

#: makes a new secret: takes the fact's body (without the sealed field), returns it with a new one; None: it is not needed any more
Renewal = Callable[[Database, dict[str, Any]], dict[str, Any] | None]


class ResendError(ChassisError):
    """The broker did not take a fact that was to be told again."""

    safe_to_log = True


@dataclass(frozen=True)
class Which:
    """Which facts of the log: recorded since a moment, or with these numbers on the reader's lane; all of them without either."""

    since: datetime | None = None
    epoch: int | None = None
    first: int = 1
    last: int | None = None

    def fits(self, fact: Numbered, reader: str) -> bool:
        """Whether ``fact``, which is for ``reader``, is among them."""
        number = fact.numbers[reader]
        if self.epoch is not None and fact.epoch != self.epoch:
            return False
        return number >= self.first and (self.last is None or number <= self.last)


@dataclass
class Told:
    """What was told again."""

    facts: int = 0
    erased: int = 0
    #: told without their sealed field, which has been forgotten
    without_secret: int = 0
    #: told with a new secret
    renewed: int = 0


class Resend:
    """Facts of ``source`` to be told again to ``reader``.

    :param renewals: by fact, what makes a new secret for one whose sealed field was forgotten; none are made without.
    """

    def __init__(
        self,
        database: Database,
        source: str,
        reader: str,
        which: Which,
        *,
        secrets: Mapping[str, Any],
        renewals: Mapping[str, Renewal],
    ) -> None:
        self._database = database
        self._store = LogStore(database)
        self._source = source
        self._reader = reader
        self._which = which
        self._secrets = secrets
        self._renewals = renewals

    def count(self) -> Told:
        """Count what would be told; nothing is."""
        told = Told()
        for facts in self._chunks():
            for fact in facts:
                self._note(told, fact, renewed=fact.fact in self._renewals and self._lacks_secret(fact))
        return told

    def run(
        self, uri: str, advance: Callable[[int], None] = lambda _count: None, stop: Callable[[], bool] = lambda: False
    ) -> Told:
        """Tell them, in order, each chunk confirmed before the next.

        :param advance: called with the number of facts after each chunk.
        :param stop: asked between chunks.
        :raises ResendError: if the reader's queue is missing, unbound or full; what was told so far is not undone.
        :raises Transient: if the broker goes away.
        """
        lane = Topology((Exchange(lane_exchange(self._source, self._reader)),), (), ())
        publisher, told = Publisher(uri, prepare=lambda channel: broker.declare(channel, lane, self._source)), Told()
        try:
            for facts in self._chunks():
                if stop():
                    break
                ready = [message for fact in facts for message in self._ready(fact, told)]
                outcome = publisher.publish([outgoing(self._source, self._reader, fact, resent=True) for fact in ready])
                if outcome.returned:
                    raise ResendError(
                        f"{self._reader}.in.v1 is not bound to {lane.exchanges[0].name}: start {self._reader}, or `vss topology declare`"
                    )
                if outcome.refused:
                    raise ResendError(f"{self._reader}.in.v1 is full and refuses more: is {self._reader} running?")
                advance(len(facts))
        finally:
            publisher.close()
        return told

    def _chunks(self) -> Iterator[list[Numbered]]:
        with self._database.read() as session:
            first, last = session.execute(sa.select(sa.func.min(fact_log.c.number), sa.func.max(fact_log.c.number))).one()
            if self._which.since is not None:
                first = session.scalar(
                    sa.select(sa.func.min(fact_log.c.number)).where(fact_log.c.recorded_at >= self._which.since)
                )
        if first is None or last is None:
            return
        for after in range(first - 1, last, _CHUNK):
            facts = self._store.between(after, min(after + _CHUNK, last), self._reader)
            if chosen := [fact for fact in facts if self._which.fits(fact, self._reader)]:
                yield chosen

    def _lacks_secret(self, fact: Numbered) -> bool:
        fields = self._secrets.get(fact.fact, ())
        if not fields or fact.erased:
            return False
        body = orjson.loads(fact.body)
        return any(name not in body for name in fields)

    def _ready(self, fact: Numbered, told: Told) -> list[Numbered]:
        """The fact as it is to be told; one with a new secret is told as a new fact, and the old one as erased.

        A reader may have handled it without its secret, and would drop it by its id.
        """
        body = None
        if fact.fact in self._renewals and self._lacks_secret(fact):
            body = self._renewals[fact.fact](self._database, orjson.loads(fact.body))
        self._note(told, fact, renewed=body is not None)
        if body is None:
            return [fact]
        headers = orjson.dumps(orjson.loads(fact.headers) | {PREFIX + "id": str(uuid7())}).decode()
        return [fact._replace(erased=True), fact._replace(headers=headers, body=orjson.dumps(body).decode(), numbers={})]

    def _note(self, told: Told, fact: Numbered, *, renewed: bool) -> None:
        told.facts += 1
        told.erased += fact.erased
        told.renewed += renewed
        told.without_secret += self._lacks_secret(fact) and not renewed

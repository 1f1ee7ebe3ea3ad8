"""What leaves for everybody else: the public feed, and plain events for readers that no release knows.

It has its own thread, connection and place in the log, so whatever others bind to it (a queue that refuses, one that is full)
cannot delay an internal fact or send it twice. A queue that refuses misses what it refuses; the stream has it, and the log.
While internal facts leave it gives way: broker and processor are theirs first, whatever others have bound.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import exc

from services.chassis.bus import connection as broker
from services.chassis.bus.fact_log import PUBLIC, Lane
from services.chassis.bus.log_store import LogStore, Numbered
from services.chassis.bus.outage import Outage
from services.chassis.bus.presence import Presence
from services.chassis.bus.publisher import Outgoing, Publisher
from services.chassis.bus.right_of_way import RightOfWay
from services.chassis.bus.telling import Telling
from services.chassis.bus.topology import PUBLIC_EXCHANGE, Topology, events_exchange, own_exchanges
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.facts.envelope import PREFIX, PUBLIC_ATTRIBUTES, public_schema_of
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_POLL_SECONDS = 5.0
_LOOK_SECONDS = 0.05
#: all that leaves. What ties facts together stays inside: an account's id, the same in each SMS of years, tells who somebody is
_PUBLIC = {PREFIX + name for name in PUBLIC_ATTRIBUTES}
_SCHEMA = PREFIX + "dataschema"


class Outside:
    """The second loop of a leading relay.

    :param plain_events: whether to send each whole fact to ``<service>.events``, too.
    """

    def __init__(self, database: Database, uri: str, telling: Telling, *, window: int, plain_events: bool) -> None:
        self._store = LogStore(database)
        self._service = telling.service
        self._plain = plain_events
        self._window = window
        own = Topology(own_exchanges(telling.service, ()), (), ())
        self.presence = Presence(telling.service, "outside")
        self._publisher = Publisher(uri, lambda channel: broker.declare(channel, own, telling.service), self.presence)
        self._metrics = metrics.of(telling.service)
        self._wake = threading.Event()
        #: taken by the relay while internal facts leave
        self.way = RightOfWay()

    @contextmanager
    def going(self, position: int, head: Callable[[], int]) -> Iterator[None]:
        """Send while inside the block.

        :param position: the number in the log up to which everything has left.
        :param head: tells the last number there is.
        """
        self._position, self._head, self._away = position, head, False
        # its own: what went before may still wait for a broker that blocks
        self._stopping = stopping = threading.Event()
        thread = threading.Thread(target=self._run, args=(stopping,), name="outside", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            self._wake.set()
            thread.join(broker.CLOSE_SECONDS)

    def wake(self) -> None:
        """Look for new facts now."""
        self._wake.set()

    def flush(self, until: float) -> None:
        """Wait until everything has left, up to ``until`` (monotonic seconds), or it cannot leave now."""
        while self._position < self._head() and time.monotonic() < until and not self._away:
            self._wake.set()
            time.sleep(_LOOK_SECONDS)

    def _run(self, stopping: threading.Event) -> None:
        outage = Outage(stopping)
        while not stopping.is_set():
            self._wake.clear()
            try:
                while self._position < (head := self._head()) and not stopping.is_set():
                    self.way.give(stopping)
                    self._send(min(self._position + self._window, head), stopping)
                outage.over()
                self._away = False
            except (Transient, exc.SQLAlchemyError) as error:
                self._away = True
                outage.wait("public_feed_waits", error)
                continue
            self._wake.wait(_POLL_SECONDS)
        if stopping is self._stopping:
            self._publisher.close()

    def _send(self, upto: int, stopping: threading.Event) -> None:
        facts = self._store.between(self._position, upto, public=not self._plain)
        messages = [message for fact in facts for message in self._messages(fact)]
        outcome = self._publisher.publish(messages)
        if refused := len(outcome.refused):
            self._metrics.public_refused.inc(refused)
            log.warning("public_feed_refused", count=refused)
        missing = sum(messages[place].exchange == PUBLIC_EXCHANGE for place in outcome.returned)
        if missing:
            # the stream belongs to our own topology: somebody deleted it, or its binding
            raise Transient("public.stream: not bound to public.events; `vss topology declare` binds it")
        if stopping is not self._stopping:
            return  # another turn has begun meanwhile, and sends from where this one was
        self._store.advance([Lane(PUBLIC, 0, 0, upto, upto, None)])
        self._position = upto

    def _messages(self, fact: Numbered) -> Iterator[Outgoing]:
        headers = orjson.loads(fact.headers)
        id_ = headers[PREFIX + "id"]
        if fact.public_body is not None:
            key = f"{self._service}.{fact.fact}"
            yield Outgoing(PUBLIC_EXCHANGE, key, fact.public_body.encode(), public_headers(headers), id_)
        if self._plain and not fact.erased:
            yield Outgoing(events_exchange(self._service), fact.fact, fact.body.encode(), headers, id_)


def public_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what other agencies get of a fact's headers: nothing that is not about the matter its subject names."""
    public = {name: value for name, value in headers.items() if name in _PUBLIC}
    if schema := public.get(_SCHEMA):
        # the full one requires fields that are not sent here
        public[_SCHEMA] = public_schema_of(schema)
    return public

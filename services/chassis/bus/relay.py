"""The relay: sends the outbox's facts in commit order and deletes them once the broker has confirmed.

One relay of a service is active at a time; the others stand by. It wakes on commit, and polls for what other processes of the
service record. Broker away: rows wait. No queue bound to a fact yet: its rows are set aside and sent when one is (decision 5).
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import orjson
from sqlalchemy import exc

from services.chassis import clock
from services.chassis.bus.leadership import Lead, Leadership
from services.chassis.bus.outage import Outage
from services.chassis.bus.outbox import FACTS
from services.chassis.bus.outbox_store import OutboxStore, Row
from services.chassis.bus.publisher import Outgoing, Publisher
from services.chassis.bus.topology import PUBLIC_EXCHANGE, events_exchange
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.facts.envelope import PREFIX, public_schema_of
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_STAND_BY_SECONDS = 1.0
_PROBE_SECONDS = 2.0
_MEASURE_SECONDS = 5.0
#: how often to look while no other process of the service stands by: commits of this one wake it, and a command's can wait
_ALONE_SECONDS = 0.5
#: a process that stands by asks again each second; in between it may be missed
_SEEN_SECONDS = 5 * _STAND_BY_SECONDS
#: what stays inside: who caused what, and traces, mean nothing to other agencies
_PRIVATE_HEADERS = (PREFIX + "causationid", PREFIX + "traceparent")
_SCHEMA = PREFIX + "dataschema"


class Relay:
    """Send the facts of ``service`` from ``database`` to the broker at ``uri``.

    :param window: facts sent and not yet confirmed, at most.
    :param poll_seconds: how often to look for facts of other processes of the service, while there are any.
    """

    def __init__(
        self, database: Database, uri: str, service: str, *, window: int = 1000, poll_seconds: float = 0.05
    ) -> None:
        self._database = database
        self._service = service
        self._window = window
        self._poll = poll_seconds
        self._publisher = Publisher(uri)
        self._leadership = Leadership(database, f"relay.{service}")
        self._metrics = metrics.of(service)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._flush_until = float("inf")
        self._outage = Outage(self._stopping)
        self._next_probe = self._next_measure = self._others_until = 0.0
        #: facts that nobody reads, as far as is known: what follows waits behind what was set aside
        self._aside: set[str] = set()
        self.leads = False

    @property
    def knows_others(self) -> bool:
        """Whether another process of the service was recently seen standing by."""
        return time.monotonic() < self._others_until

    def run(self) -> None:
        """Take the lead when it is free, and send until ``stop``. Waits out outages."""
        self._database.on_commit(self._wake_for_facts)
        try:
            while not self._stopping.is_set():
                try:
                    with self._leadership.try_lead() as leader:
                        if leader is None:
                            self._stopping.wait(_STAND_BY_SECONDS)
                        else:
                            self._lead(leader)
                except (exc.SQLAlchemyError, Transient) as error:
                    self._outage.wait("relay_waits_for_database", error)
                finally:
                    self.leads = False
        finally:
            self._publisher.close()
            self._stopped.set()

    def stop(self, timeout_seconds: float) -> bool:
        """Send what is recorded, then end. ``False`` if time ran out: the rest stays in the outbox."""
        self._flush_until = time.monotonic() + timeout_seconds
        self._stopping.set()
        self._wake.set()
        return self._stopped.wait(timeout_seconds + 1.0)

    def _wake_for_facts(self, news: frozenset[str]) -> None:
        if FACTS in news:
            self._wake.set()

    def _lead(self, lead: Lead) -> None:
        store = OutboxStore(self._database, lead.connection)
        self.leads = True
        self._aside = {row.fact for row in store.oldest_unrouted()}
        log.info("relay_leads")
        while True:
            # before looking at anything: what is recorded, or asked, from now on wakes it again
            self._wake.clear()
            stopping = self._stopping.is_set()
            if stopping and time.monotonic() >= self._flush_until:
                return
            # measured here, not only when idle: people look at the figures during a backlog
            self._measure(store)
            try:
                self._probe(store, lead)
                sent = self._send_some(store)
                self._outage.over()
            except Transient as error:
                if stopping:
                    return
                self._outage.wait("relay_waits_for_broker", error)
                continue
            if sent == self._window or (sent and stopping):
                continue
            if stopping:
                return
            self._wake.wait(self._poll if self.knows_others else max(self._poll, _ALONE_SECONDS))

    def _send_some(self, store: OutboxStore) -> int:
        """Send up to a window of facts; return how many there were."""
        rows = store.fetch(self._window)
        if not rows:
            return 0
        unrouted, refused = self._publish(rows)
        aside = unrouted.keys()
        done = [row for row in rows if row.seq not in refused and row.seq not in aside]
        if done:
            store.delete([row.seq for row in done])
            self._metrics.relay_published.inc(len(done))
            for fact, count in Counter(row.fact for row in done).items():
                self._metrics.facts[fact].inc(count)
        for public_sent in (True, False):
            seqs = [seq for seq, sent in unrouted.items() if sent is public_sent]
            if seqs:
                store.set_aside(seqs, public_sent=public_sent)
        if unrouted:
            self._metrics.relay_returned.inc(len(unrouted))
            facts = {row.fact for row in rows if row.seq in aside}
            if news := sorted(facts - self._aside):
                log.warning("facts_unrouted", fact=", ".join(news), count=len(unrouted))
            self._aside |= facts
        if refused:
            self._metrics.relay_nacked.inc(len(refused))
            raise Transient("broker: a full queue refuses facts")
        return len(rows)

    def _publish(self, rows: Sequence[Row], *, probing: bool = False) -> tuple[dict[int, bool], set[int]]:
        """Send ``rows``; return those that nobody reads yet (and whether their public copy went out) and those refused.

        A fact of which older ones are set aside is not sent, unless ``probing``: a reader that comes just now would get it
        before them.
        """
        messages: list[Outgoing] = []
        owners: list[tuple[Row, bool]] = []
        exchange = events_exchange(self._service)
        for row in rows:
            headers = orjson.loads(row.headers)
            message_id = headers[PREFIX + "id"]
            if probing or row.fact not in self._aside:
                messages.append(Outgoing(exchange, row.fact, row.body.encode(), headers, message_id))
                owners.append((row, False))
            if row.public_body is not None:
                body, key = row.public_body.encode(), f"{self._service}.{row.fact}"
                messages.append(Outgoing(PUBLIC_EXCHANGE, key, body, _public(headers), message_id))
                owners.append((row, True))
        outcome = self._publisher.publish(messages)
        refused = {owners[position][0].seq for position in outcome.refused}
        public_lost = {owners[p][0].seq for p in outcome.returned if owners[p][1]}
        held = () if probing else (row.seq for row in rows if row.fact in self._aside and row.seq not in refused)
        unrouted = {seq: seq not in public_lost for seq in held}
        for position in outcome.returned:
            row, is_public = owners[position]
            if not is_public and row.needs_reader and row.seq not in refused:
                unrouted[row.seq] = row.seq not in public_lost
        if public_lost:
            # the stream belongs to our own topology: somebody deleted it
            log.error("public_stream_missing", count=len(public_lost))
            refused |= public_lost - unrouted.keys()
        return unrouted, refused

    def _probe(self, store: OutboxStore, lead: Lead) -> None:
        """Check periodically whether another process stands by, and whether a queue is now bound to facts set aside."""
        if time.monotonic() < self._next_probe:
            return
        self._next_probe = time.monotonic() + _PROBE_SECONDS
        if lead.others_stand_by():
            self._others_until = time.monotonic() + _SEEN_SECONDS
        waiting = store.oldest_unrouted()
        if not waiting:
            return
        unrouted, refused = self._publish(waiting, probing=True)
        for row in waiting:
            if row.seq not in unrouted and row.seq not in refused:
                # the row just sent goes out once more with the rest: readers drop the copy by its id
                log.info("facts_routed_again", fact=row.fact, count=store.bring_back(row.fact))
                self._aside.discard(row.fact)

    def _measure(self, store: OutboxStore) -> None:
        if time.monotonic() < self._next_measure:
            return
        self._next_measure = time.monotonic() + _MEASURE_SECONDS
        backlog = store.backlog()
        self._metrics.outbox_rows.set(backlog.rows + backlog.unrouted)
        age = 0.0
        if backlog.oldest is not None:
            oldest = backlog.oldest if backlog.oldest.tzinfo else backlog.oldest.replace(tzinfo=UTC)
            age = max(0.0, (clock.now() - oldest).total_seconds())
        self._metrics.outbox_age_seconds.set(age)


def _public(headers: dict[str, Any]) -> dict[str, Any]:
    public = {name: value for name, value in headers.items() if name not in _PRIVATE_HEADERS}
    if schema := public.get(_SCHEMA):
        # the full one requires fields that are not sent here
        public[_SCHEMA] = public_schema_of(schema)
    return public

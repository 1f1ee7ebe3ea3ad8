"""The relay: numbers the outbox's facts in commit order, and sends each to every service that reads it.

One relay of a service is active at a time; the others stand by. It wakes on commit, and polls for what other processes of the
service record. Each reader has a lane of its own: one that nobody is bound to, or whose queue is full, stands still and is tried
again, while the others go on (decision 30). Broker away: facts wait. What goes to everybody else leaves by ``outside``.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import exc

from services.chassis.bus import connection as broker
from services.chassis.bus import secrets
from services.chassis.bus.lanes import Lanes
from services.chassis.bus.leadership import Lead, Leadership
from services.chassis.bus.log_store import LogStore, LostLead, Numbered
from services.chassis.bus.outage import Outage
from services.chassis.bus.outbox import FACTS
from services.chassis.bus.outside import Outside
from services.chassis.bus.presence import Presence
from services.chassis.bus.publisher import Publisher
from services.chassis.bus.telling import Telling
from services.chassis.bus.topology import Topology, own_exchanges
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_STAND_BY_SECONDS = 1.0
_PROBE_SECONDS = 2.0
_FORGET_SECONDS = 1.0
#: how often to look while no other process of the service stands by: commits of this one wake it, and a command's can wait
_ALONE_SECONDS = 0.5
#: a process that stands by asks again each second; in between it may be missed
_SEEN_SECONDS = 5 * _STAND_BY_SECONDS


class Relay:
    """Send the facts of ``telling`` from ``database`` to the broker at ``uri``.

    :param window: facts sent and not yet confirmed, at most.
    :param poll_seconds: how often to look for facts of other processes of the service, while there are any.
    :param remind_seconds: how often to tell the last fact of each lane again.
    :param plain_events: whether to send every fact to ``<service>.events``, too, for readers that no release knows.
    """

    def __init__(
        self,
        database: Database,
        uri: str,
        telling: Telling,
        *,
        window: int = 1000,
        poll_seconds: float = 0.05,
        remind_seconds: float = 60.0,
        plain_events: bool = False,
    ) -> None:
        self._database = database
        self._telling = telling
        self._window = window
        self._poll = poll_seconds
        own = Topology(own_exchanges(telling.service, telling.readers), (), ())
        self._presence = Presence(telling.service, "relay")
        self._publisher = Publisher(uri, lambda channel: broker.declare(channel, own, telling.service), self._presence)
        self._outside = Outside(database, uri, telling, window=window, plain_events=plain_events)
        self._leadership = Leadership(database, f"relay.{telling.service}")
        self._metrics = metrics.of(telling.service)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._flush_until = float("inf")
        self._outage = Outage(self._stopping)
        self._next_probe = self._next_forgetting = self._others_until = 0.0
        self._remind_seconds = remind_seconds
        self._next_reminder = time.monotonic() + remind_seconds
        self._reminded_on = -1
        self.leads = False

    @property
    def knows_others(self) -> bool:
        """Whether another process of the service was recently seen standing by."""
        return time.monotonic() < self._others_until

    def problem(self) -> str | None:
        """Say why facts do not leave, as far as the broker is the reason."""
        return self._presence.problem() or self._outside.presence.problem()

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
                    # whoever leads now has a connection of its own
                    self._publisher.close()
        finally:
            self._stopped.set()

    def stop(self, timeout_seconds: float) -> bool:
        """Send what is recorded, then end. ``False`` if time ran out: the rest stays where it is."""
        self._flush_until = time.monotonic() + timeout_seconds
        self._stopping.set()
        self._wake.set()
        return self._stopped.wait(timeout_seconds + 1.0)

    def _wake_for_facts(self, news: frozenset[str]) -> None:
        if FACTS in news:
            self._wake.set()

    def _lead(self, lead: Lead) -> None:
        store = LogStore(self._database, lead.connection)
        lanes = Lanes(self._telling, store, self._publisher)
        log.info("relay_leads")
        with self._outside.going(lanes.public_position, lambda: lanes.head):
            self.leads = True
            self._send_until_stopped(store, lead, lanes)

    def _send_until_stopped(self, store: LogStore, lead: Lead, lanes: Lanes) -> None:
        while True:
            # before looking at anything: what is recorded, or asked, from now on wakes it again
            self._wake.clear()
            stopping = self._stopping.is_set()
            if stopping and time.monotonic() >= self._flush_until:
                return
            try:
                self._probe(lead)
                more = lanes.catch_up(self._window)
                if more:
                    self._outside.way.take()
                sent = self._send_new(store, lanes)
                self._remind(lanes)
                self._outage.over()
            except LostLead:
                raise
            except Transient as error:
                if stopping:
                    return
                self._outage.wait("relay_waits_for_broker", error)
                continue
            self._forget_secrets(store, lanes)
            if more or sent == self._window or (sent and stopping):
                continue
            self._outside.way.release()
            if stopping:
                self._outside.flush(self._flush_until)
                return
            self._wake.wait(self._pause(lanes))

    def _pause(self, lanes: Lanes) -> float:
        usual = self._poll if self.knows_others else max(self._poll, _ALONE_SECONDS)
        return min(usual, lanes.due_in())

    def _send_new(self, store: LogStore, lanes: Lanes) -> int:
        """Number and send up to a window of facts; return how many there were."""
        recorded = store.recorded(self._window)
        if not recorded:
            return 0
        self._outside.way.take()
        facts = lanes.number(recorded)
        self._outside.wake()
        lanes.send(facts)
        self._count(facts)
        return len(facts)

    def _count(self, facts: Sequence[Numbered]) -> None:
        self._metrics.relay_published.inc(len(facts))
        for fact, count in Counter(each.fact for each in facts).items():
            self._metrics.facts[fact].inc(count)

    def _remind(self, lanes: Lanes) -> None:
        """Tell the last fact of each lane again, now and then and on each new connection: who has lost the end sees the gap before it."""
        due = time.monotonic() >= self._next_reminder
        if self._publisher.connections == self._reminded_on and not due:
            return
        lanes.remind(idle=self._publisher.connections != self._reminded_on)
        self._reminded_on = self._publisher.connections
        if due:
            self._next_reminder = time.monotonic() + self._remind_seconds

    def _forget_secrets(self, store: LogStore, lanes: Lanes) -> None:
        if not self._telling.secrets or time.monotonic() < self._next_forgetting:
            return
        self._next_forgetting = time.monotonic() + _FORGET_SECONDS
        secrets.forget(store, lanes.delivered_everywhere(), self._telling.secrets)

    def _probe(self, lead: Lead) -> None:
        """Check periodically whether another process stands by."""
        if time.monotonic() < self._next_probe:
            return
        self._next_probe = time.monotonic() + _PROBE_SECONDS
        if lead.others_stand_by():
            self._others_until = time.monotonic() + _SEEN_SECONDS

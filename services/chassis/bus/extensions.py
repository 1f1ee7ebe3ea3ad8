"""The seams between the chassis and nameko: what a ``service.py`` writes down.

::

    class Verification:
        name = "verification"
        settings = Settings                       # optional: ChassisSettings otherwise
        migrations = HERE / "migrations"          # optional: alembic folder of the service's own tables
        publishes = events.FACTS
        reads = handlers.HANDLERS
        subscribers = subscriptions.of("verification")   # who reads what it publishes

        outbox = Outbox()

        @subscriber
        def read(self, batch):
            batch.run()
"""

import time
from datetime import timedelta
from typing import Any

from eventlet.event import Event
from nameko.extensions import DependencyProvider, Entrypoint

from services.chassis.bus import backlog, erasure, fact_log, inbox, topology
from services.chassis.bus.batch import Batch, DatabaseAway, Work
from services.chassis.bus.chaining import EVERY_SECONDS, Chaining
from services.chassis.bus.consumer import Consumer
from services.chassis.bus.gaps import Gaps
from services.chassis.bus.reading import Reading
from services.chassis.bus.relay import Relay
from services.chassis.bus.telling import telling_of
from services.chassis.bus.upgrade import RetryQueues, retry_queues
from services.chassis.bus.waiting import Waiting
from services.chassis.history import histories_of
from services.chassis.observe.logs import get_logger
from services.chassis.periodic import Periodic
from services.chassis.resources import CONFIG_KEY, Resources
from services.chassis.sweeps import Guard, Pruning

log = get_logger(__name__)

_ERASE_SECONDS = 60.0
_MEASURE_SECONDS = 5.0


def topology_of(service_class: Any, settings: Any) -> topology.Topology:
    """The part of the broker that a service class needs."""
    return topology.of_service(
        service_class.name,
        [(reader.service, reader.fact_name) for reader in getattr(service_class, "reads", {})],
        readers=telling_of(service_class).readers,
        max_bytes=settings.queue_max_bytes,
        delivery_limit=settings.delivery_limit,
    )


def prunings(service_class: Any, settings: Any) -> tuple[Pruning, ...]:
    """What the bus leaves behind and forgets: ids of messages, and facts that every reader has."""
    return (
        inbox.pruning(timedelta(days=settings.inbox_keep_days)),
        fact_log.pruning(telling_of(service_class).readers, timedelta(days=settings.facts_keep_days)),
    )


class Subscriber(Entrypoint):
    """Calls the method with each batch: of the messages in ``<service>.in.v1``, and of the held ones that are due."""

    # waited out by those who run batches; nameko need not print a traceback for it
    def __init__(self) -> None:
        super().__init__(expected_exceptions=(DatabaseAway,))

    def setup(self) -> None:
        """Make what reads the queues and what takes up held messages; nothing is connected yet."""
        resources: Resources[Any] = self.container.config[CONFIG_KEY]
        settings, service_class = resources.settings, self.container.service_cls
        uri = settings.amqp_uri.reveal()
        self._stop_seconds = settings.stop_seconds
        earlier = retry_queues(resources.service, settings.retry_delays_seconds)
        work = Work(
            service=resources.service,
            database=resources.db,
            reading=Reading(resources.service, service_class.reads),
            retry_delays_seconds=settings.retry_delays_seconds,
            kept_in=earlier,
        )
        self._consumer = Consumer(
            work,
            uri,
            topology_of(service_class, settings),
            self._run_batch,
            batch_size=settings.batch_size,
            prefetch=settings.prefetch,
        )
        self._waiting = Waiting(work, self._run_batch, batch_size=settings.batch_size)
        grace = timedelta(seconds=settings.gaps_grace_seconds)
        self._gaps = Gaps(resources.service, resources.db, work.origins, work.heads, grace=grace)
        self._looking = Periodic("look_for_gaps", self._gaps.look, every_seconds=settings.gaps_seconds)
        self._retry_queues = RetryQueues(resources.service, resources.db, uri, earlier)
        resources.health.add("broker", self._consumer.problem, critical=False)
        resources.health.add("facts", self._gaps.problem, critical=False)

    def start(self) -> None:
        """Begin to consume."""
        self.container.spawn_managed_thread(self._consumer.read, identifier="consumer.read")
        self.container.spawn_managed_thread(self._consumer.handle, identifier="consumer.handle")
        self.container.spawn_managed_thread(self._waiting.run, identifier="waiting")
        self.container.spawn_managed_thread(self._retry_queues.run, identifier="retry_queues")
        self._looking.start()

    def stop(self) -> None:
        """Finish what has arrived, within the time that a stop may take."""
        self._retry_queues.stop()
        self._looking.stop()
        began = time.monotonic()
        finished = self._consumer.stop(self._stop_seconds)
        if not self._waiting.stop(max(0.0, self._stop_seconds - (time.monotonic() - began))) or not finished:
            log.warning("consumer_stopped_early", timeout_seconds=self._stop_seconds)

    def _run_batch(self, batch: Batch) -> None:
        done = Event()

        def settle(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(exc_info)
            return result, exc_info

        self.container.spawn_worker(self, (batch,), {}, handle_result=settle)
        exc_info = done.wait()
        if exc_info is not None:
            raise exc_info[1]


subscriber = Subscriber.decorator


class Outbox(DependencyProvider):
    """Runs the relay: what is recorded in this service's database goes out."""

    def setup(self) -> None:
        """Make the relay; nothing is connected yet."""
        resources: Resources[Any] = self.container.config[CONFIG_KEY]
        settings, telling = resources.settings, telling_of(self.container.service_cls)
        self._stop_seconds = settings.stop_seconds
        self._relay = Relay(
            resources.db,
            settings.amqp_uri.reveal(),
            telling,
            window=settings.relay_window,
            poll_seconds=settings.relay_poll_seconds,
            remind_seconds=settings.remind_seconds,
            plain_events=settings.plain_events,
        )
        resources.health.add("relay", self._relay.problem, critical=False)
        chaining = Chaining(resources.service, resources.db, histories_of(self.container.service_cls))
        resources.health.add("history", chaining.problem, critical=False)
        guard = Guard.of(resources)
        self._beside = (
            *(each.periodic(resources.db, guard) for each in prunings(self.container.service_cls, settings)),
            Periodic(
                "erase_facts",
                lambda stopping: erasure.carry_out(resources.db, telling.readers, stopping=stopping),
                every_seconds=_ERASE_SECONDS,
            ),
            Periodic(
                "measure_backlog",
                lambda _stopping: backlog.show(resources.service, backlog.measure(resources.db)),
                every_seconds=_MEASURE_SECONDS,
            ),
            Periodic("chain_history", lambda _stopping: chaining.round(), every_seconds=EVERY_SECONDS),
        )

    def start(self) -> None:
        """Begin to send, to measure what waits, and to forget what nobody will send again."""
        self.container.spawn_managed_thread(self._relay.run, identifier="relay")
        for one in self._beside:
            one.start()

    def stop(self) -> None:
        """Send what is recorded, within the time that a stop may take; the rest waits in the outbox."""
        for one in self._beside:
            one.stop()
        if not self._relay.stop(self._stop_seconds):
            log.warning("relay_stopped_early", timeout_seconds=self._stop_seconds)

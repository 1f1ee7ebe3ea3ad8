"""Every exchange, queue and binding, in one table: what a process declares at start-up, what ``vss topology`` compares
and exports, what operators find in the broker.

For a service ``<s>``: the queue ``<s>.in.v1``; for each service that reads its facts the exchange ``<s>.to.<reader>``, which only
``<s>`` writes and only ``<reader>.in.v1`` is bound to (a *lane*, decision 30); ``<s>.parked`` for what the broker gives up on
(delivery limit), which the service drains into its table of held messages. For everybody: ``<s>.events`` (empty unless
``PLAIN_EVENTS``), the exchange ``public.events`` and the replayable stream ``public.stream``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PUBLIC_EXCHANGE = "public.events"
PUBLIC_STREAM = "public.stream"
#: the last stop: however often a process ends while it drains this queue, nothing may fall out of it
_DEAD_LETTER_DELIVERY_LIMIT = 1_000_000
_PUBLIC_STREAM_BYTES = 20 * 1024**3


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable topic exchange."""

    name: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue with its arguments."""

    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """Messages of ``exchange`` whose routing key fits ``key`` go to ``queue``."""

    exchange: str
    key: str
    queue: str


@dataclass(frozen=True, slots=True)
class Topology:
    """What has to exist in the broker, in the order in which it is declared."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


def events_exchange(service: str) -> str:
    """The exchange for readers that no release knows; what a plain nameko ``event_handler`` of that service expects."""
    return f"{service}.events"


def lane_exchange(source: str, reader: str) -> str:
    """The exchange from one service to one reader: what is returned from here has not reached that reader's queue."""
    return f"{source}.to.{reader}"


def inbound_queue(service: str) -> str:
    """The one queue a service reads (law 1)."""
    return f"{service}.in.v1"


def dead_letter_queue(service: str) -> str:
    """The queue for what the broker gives up on. Its name is that of the parking queue of releases before 0.2, which it replaces:
    so ``<service>.in.v1`` keeps its arguments, and what those releases parked is drained with the rest.
    """
    return f"{service}.parked"


def own_exchanges(service: str, readers: Iterable[str]) -> tuple[Exchange, ...]:
    """The exchanges that ``service`` writes to: one to each of its ``readers``, and those for everybody else."""
    names = [*(lane_exchange(service, reader) for reader in sorted(set(readers))), events_exchange(service), PUBLIC_EXCHANGE]
    return tuple(Exchange(name) for name in names)


def of_service(
    service: str, reads: Iterable[tuple[str, str]], *, readers: Iterable[str] = (), max_bytes: int, delivery_limit: int
) -> Topology:
    """The part of the broker that ``service`` needs to run alone.

    :param reads: pairs (publishing service, fact). Their exchanges are declared too, so that services can be deployed in
        any order.
    :param readers: the services that read facts of this one.
    :param max_bytes: size at which ``<service>.in.v1`` refuses more; the publishers' outboxes keep it meanwhile.
    :param delivery_limit: deliveries without an ack after which the broker gives up on a message. A crash counts against
        every message in flight, so this is no count of tries.
    """
    reads = sorted(set(reads))
    inbound, dead_letters = inbound_queue(service), dead_letter_queue(service)
    sources = sorted({source for source, _ in reads})
    exchanges = [
        *own_exchanges(service, readers),
        *(Exchange(lane_exchange(source, service)) for source in sources),
        *(Exchange(events_exchange(source)) for source in sources),
    ]
    return Topology(
        exchanges=tuple(dict.fromkeys(exchanges)),
        queues=(
            Queue(dead_letters, _quorum(delivery_limit=_DEAD_LETTER_DELIVERY_LIMIT)),
            Queue(inbound, _quorum(delivery_limit, max_bytes=max_bytes, dead_letters_to=dead_letters)),
            Queue(PUBLIC_STREAM, {"x-queue-type": "stream", "x-max-length-bytes": _PUBLIC_STREAM_BYTES}),
        ),
        bindings=(
            *(Binding(lane_exchange(source, service), "#", inbound) for source in sources),
            # what releases before 0.3 send to; to be removed with release 0.4
            *(Binding(events_exchange(source), fact, inbound) for source, fact in reads),
            Binding(PUBLIC_EXCHANGE, "#", PUBLIC_STREAM),
        ),
    )


def _quorum(delivery_limit: int, max_bytes: int | None = None, dead_letters_to: str | None = None) -> dict[str, Any]:
    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": delivery_limit}
    if max_bytes is not None:
        arguments["x-max-length-bytes"] = max_bytes
        # at-least-once dead lettering wants a queue that refuses rather than drops
        arguments["x-overflow"] = "reject-publish"
    if dead_letters_to is not None:
        arguments["x-dead-letter-exchange"] = ""
        arguments["x-dead-letter-routing-key"] = dead_letters_to
        arguments["x-dead-letter-strategy"] = "at-least-once"
    return arguments


def merge(parts: Iterable[Topology]) -> Topology:
    """One table of several services' parts; what they share appears once."""
    parts = list(parts)
    exchanges = {e.name: e for part in parts for e in part.exchanges}
    queues = {q.name: q for part in parts for q in part.queues}
    bindings = dict.fromkeys(b for part in parts for b in part.bindings)
    return Topology(tuple(exchanges.values()), tuple(queues.values()), tuple(bindings))


def definitions(topology: Topology, vhost: str = "/") -> dict[str, Any]:
    """The table in RabbitMQ's own import format (``rabbitmqctl import_definitions``)."""
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            {"name": e.name, "vhost": vhost, "type": "topic", "durable": True, "auto_delete": False, "internal": False,
             "arguments": {}}
            for e in topology.exchanges
        ],
        "queues": [
            {"name": q.name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": q.arguments}
            for q in topology.queues
        ],
        "bindings": [
            {"source": b.exchange, "vhost": vhost, "destination": b.queue, "destination_type": "queue",
             "routing_key": b.key, "arguments": {}}
            for b in topology.bindings
        ],
    }  # fmt: skip

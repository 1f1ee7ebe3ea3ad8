"""Every user of the broker tries to speak for every other, by every way there is: what the broker refuses, what readers park, what is believed."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pika
import pika.exceptions
import sqlalchemy as sa
from pika.adapters.blocking_connection import BlockingChannel

from playground import least_rights
from playground.system import SERVICES, System
from services.chassis.bus.topology import PUBLIC_EXCHANGE, dead_letter_queue, events_exchange, inbound_queue, lane_exchange
from services.chassis.discovery import load_all, subscriptions
from services.chassis.facts import Fact
from services.chassis.facts.envelope import Envelope, source_of, type_of
from services.chassis.ids import uuid7
from services.chassis.testing.processes import wait_until
from tests.operations.figures import AtLeast

AGENCY = "bca"
BARS = {
    "believed": 0,
    "neither_parked_nor_believed": 0,
    "done_with_what_is_anothers": [],
    "refused_by_the_broker": AtLeast(100),
}

ACTORS = (*SERVICES, f"agency.{AGENCY}", "watcher")
_SETTLE_SECONDS = 60.0


class Told(NamedTuple):
    """A fact of one service that another reads."""

    source: str
    reader: str
    fact: type[Fact]


def facts() -> list[Told]:
    """Return every fact of the release with each of its readers."""
    return [
        Told(service.name, reader, fact)
        for service in load_all([])
        for fact in service.publishes
        for reader in subscriptions.of(service.name).get(fact.fact_name, ())
    ]


def message(told: Told, *, source: str | None = None, **headers: Any) -> tuple[str, pika.BasicProperties, bytes]:
    """Return a forged fact as its service would tell it: its id, properties and body.

    :param source: what it says to be from, if not from that service.
    """
    id_ = uuid7()
    envelope = Envelope(
        id=id_,
        source=source or source_of(told.source),
        type=type_of(told.source, told.fact.fact_name, told.fact.version),
        subject=str(told.fact.example[told.fact.subject_field]),
        time="2026-11-28T08:00:00.000000Z",
    )
    properties = pika.BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=str(id_),
        headers=envelope.headers() | {"vss-epoch": "1", "vss-number": "1"} | headers,
    )
    return str(id_), properties, json.dumps(told.fact.example).encode()


class User:
    """One user of the broker, and what became of what it tried."""

    def __init__(self, name: str, uri: str) -> None:
        self.name = name
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self._channel: BlockingChannel | None = None
        self.outcomes: Counter[str] = Counter()
        #: ids of forged facts that the broker took
        self.taken: set[str] = set()
        #: what the broker let it do with what is not its own
        self.done: list[str] = []

    def tries(self, what: str, act: Callable[[BlockingChannel], object]) -> bool:
        """Try one thing; return whether the broker let it be.

        :raises AssertionError: if it was refused for another reason than this user's rights.
        """
        if self._channel is None or not self._channel.is_open:
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        try:
            act(self._channel)
        except pika.exceptions.ChannelClosedByBroker as error:
            if not error.reply_text.startswith("ACCESS_REFUSED"):
                raise AssertionError(f"{what}: {error}") from error
            self.outcomes["refused"] += 1
            return False
        except pika.exceptions.UnroutableError:
            self.outcomes["unroutable"] += 1
            return False
        self.outcomes["let"] += 1
        return True

    def tells(self, told: Told) -> None:
        """Try to tell a fact that is another's, by each exchange that leads to its reader or could."""
        for exchange, key in ways(self.name, told):
            # as the service itself would; and owning up to who speaks
            for source in (None, source_of(self.name)):
                id_, properties, body = message(told, source=source, **_moved(told))
                what = f"tell {told.reader} {told.source}.{told.fact.fact_name} by {exchange or 'the default exchange'}"
                if self.tries(what, partial(publish, exchange, key, body, properties)):
                    self.taken.add(id_)

    def meddles(self, queues: Iterable[str], exchanges: Iterable[str]) -> None:
        """Try to read, empty, delete, feed and copy what is another's."""
        for queue in queues:
            for what, act in _WITH_A_QUEUE.items():
                if self.tries(f"{what} {queue}", partial(act, queue)):
                    self.done.append(f"{self.name} could {what} {queue}")
        for exchange in exchanges:
            for what, on_exchange in _WITH_AN_EXCHANGE.items():
                if self.tries(f"{what} {exchange}", partial(on_exchange, self.name, exchange)):
                    self.done.append(f"{self.name} could {what} {exchange}")

    def close(self) -> None:
        self._connection.close()


def ways(actor: str, told: Told) -> Iterator[tuple[str, str]]:
    """Yield exchange and routing key of each way to the reader that somebody might think of."""
    fact = told.fact.fact_name
    yield lane_exchange(told.source, told.reader), fact
    yield events_exchange(told.source), fact
    for queue in (inbound_queue(told.reader), dead_letter_queue(told.reader)):
        yield "", queue
        yield "amq.topic", queue
    yield PUBLIC_EXCHANGE, f"{told.source}.{fact}"
    # its own: the broker takes these, and the reader has to see
    if any(read.service == actor for each in subscriptions.elsewhere(()) if each.name == told.reader for read in each.reads):
        yield lane_exchange(actor, told.reader), fact
        yield events_exchange(actor), fact


def _moved(told: Told) -> dict[str, Any]:
    """What the broker would write of a message that it moved: it came by the true lane, it says."""
    queue, lane = inbound_queue(told.reader), lane_exchange(told.source, told.reader)
    return {
        "x-death": [{"queue": queue, "exchange": lane, "reason": "delivery_limit", "routing-keys": [told.fact.fact_name]}]
    }


def publish(exchange: str, key: str, body: bytes, properties: pika.BasicProperties, channel: BlockingChannel) -> None:
    channel.basic_publish(exchange, key, body, properties, mandatory=True)


def _copy(actor: str, exchange: str, channel: BlockingChannel) -> None:
    """Lead what is told to others into a queue of one's own."""
    own = f"{actor}.copies"
    channel.queue_declare(own, arguments={"x-queue-type": "quorum"}, durable=True)
    channel.queue_bind(own, exchange, "#")


def _instead(actor: str, exchange: str, channel: BlockingChannel) -> None:
    """Have an exchange of one's own speak through another's."""
    channel.exchange_declare(f"{actor}.mask", "topic", durable=True)
    channel.exchange_bind(exchange, f"{actor}.mask", "#")


_WITH_A_QUEUE: dict[str, Callable[[str, BlockingChannel], object]] = {
    "read": lambda queue, channel: channel.basic_get(queue),
    "consume": lambda queue, channel: channel.basic_consume(queue, lambda *_: None),
    "empty": lambda queue, channel: channel.queue_purge(queue),
    "delete": lambda queue, channel: channel.queue_delete(queue),
    "bind": lambda queue, channel: channel.queue_bind(queue, "amq.topic", "#"),
    "make anew": lambda queue, channel: channel.queue_declare(queue, durable=True),
}
_WITH_AN_EXCHANGE: dict[str, Callable[[str, str, BlockingChannel], object]] = {
    "copy": _copy,
    "speak through": _instead,
    "delete": lambda _actor, exchange, channel: channel.exchange_delete(exchange),
    "make anew": lambda _actor, exchange, channel: channel.exchange_declare(exchange, "topic", durable=True),
}


def of_others(actor: str) -> tuple[list[str], list[str]]:
    """Return the queues and the exchanges that are none of ``actor``'s business."""
    queues = [queue(service) for service in SERVICES if service != actor for queue in (inbound_queue, dead_letter_queue)]
    lanes = {lane_exchange(told.source, told.reader) for told in facts() if actor not in (told.source, told.reader)}
    return queues, [*sorted(lanes), *(events_exchange(service) for service in SERVICES if service != actor)]


def believed(system: System, readers: Iterable[str], ids: set[str]) -> tuple[int, int]:
    """Return how many of these forged facts ``readers`` took for true, and how many they parked, as forged or as nothing they know.

    All who may have got them must be asked: an exchange of one's own leads to whoever reads such facts of that service.
    """
    taken: set[str] = set()
    parked: set[str] = set()
    for reader in readers:
        url = system.environment(reader)[f"{reader.upper()}_DATABASE_URL"]
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            taken |= {str(uuid.UUID(str(id_))) for id_ in connection.scalars(sa.text("SELECT id FROM inbox"))}
            query = "SELECT message_id FROM held_messages WHERE state = 'parked' AND reason IN ('forged', 'unknown_type')"
            parked |= set(connection.scalars(sa.text(query)))
    return len(ids & taken), len(ids & parked)


def run(*, scale: float) -> dict[str, Any]:
    """Start the system with least rights, have each user try everything, and return the figures; 1.0 tries every fact."""
    every = facts()
    step = max(1, round(1 / scale))
    folder = Path(tempfile.mkdtemp(prefix="vss-forged-"))
    outcomes: Counter[str] = Counter()
    done: list[str] = []
    taken: set[str] = set()
    try:
        with System(folder, extra={"LOG_LEVEL": "WARNING"}) as system:
            assert system.broker is not None
            users = least_rights.grant(system.broker, system.amqp_uri, [AGENCY])
            for place, name in enumerate(ACTORS):
                user = User(name, users[name])
                for told in every[place % step :: step]:
                    if told.source != name:
                        user.tells(told)
                user.meddles(*of_others(name))
                user.close()
                outcomes += user.outcomes
                done += user.done
                taken |= user.taken
            wait_until(lambda: sum(believed(system, SERVICES, taken)) >= len(taken), _SETTLE_SECONDS)
            true, parked = believed(system, SERVICES, taken)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "users": len(ACTORS),
        "facts": len(every),
        "tried": sum(outcomes.values()),
        "refused_by_the_broker": outcomes["refused"],
        "led_nowhere": outcomes["unroutable"],
        "taken_by_the_broker": len(taken),
        "parked": parked,
        "neither_parked_nor_believed": len(taken) - true - parked,
        "believed": true,
        "done_with_what_is_anothers": done,
    }

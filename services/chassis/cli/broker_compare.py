"""Compare what should be in the broker with what is, or bring it there, without the management plugin.

The broker tells of a queue or exchange only whether it exists, and, when it is declared with other arguments, the first
argument that differs. So each is asked for passively first (nothing is made by comparing), then declared with our arguments,
on throw-away channels; for each difference told, the broker's value is taken over and it is asked again for the next one.
Bindings it does not tell at all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pika
from pika import exceptions
from pika.adapters.blocking_connection import BlockingChannel

from services.chassis.bus.topology import Exchange, Queue, Topology
from services.chassis.cli.broker import refusal

_NOT_FOUND = 404
_PRECONDITION_FAILED = 406
_INEQUIVALENT = re.compile(
    r"inequivalent arg '(?P<name>[^']+)' for .*: received (?P<ours>.+?) but current is (?P<theirs>.+)$", re.DOTALL
)
_VALUE = re.compile(r"^(?:the value )?'(?P<value>.*?)'(?: of type '\w+')?$", re.DOTALL)
_TYPE = "x-queue-type"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the broker that is not as it should be; ``argument`` is None if it is missing altogether."""

    what: str
    name: str
    argument: str | None = None
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        if self.argument is None:
            return f"{self.what} {self.name}: missing"
        return f"{self.what} {self.name}: {self.argument} should be {self.expected}, is {self.found}"


def compare(connection: pika.BlockingConnection, topology: Topology) -> Iterator[Finding]:
    """What is missing or different. Makes nothing.

    :raises BrokerRefused: if the broker answers in a way that is none of both (no permission, say).
    """
    for exchange in topology.exchanges:
        yield from _compare_exchange(connection, exchange)
    for queue in topology.queues:
        yield from _compare_queue(connection, queue)


def declare(connection: pika.BlockingConnection, topology: Topology) -> Iterator[Finding]:
    """Make all that is missing, bindings too. What exists otherwise stays as it is and is told.

    :raises BrokerRefused: as ``compare``, or if a binding cannot be made.
    """
    different = [f for f in compare(connection, topology) if f.argument is not None]
    yield from different
    leave = {(f.what, f.name) for f in different}
    channel = connection.channel()
    for exchange in topology.exchanges:
        if ("exchange", exchange.name) not in leave:
            channel.exchange_declare(exchange.name, "topic", durable=True)
    for queue in topology.queues:
        if ("queue", queue.name) not in leave:
            channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
    for binding in topology.bindings:
        channel.queue_bind(binding.queue, binding.exchange, binding.key)


def _compare_exchange(connection: pika.BlockingConnection, exchange: Exchange) -> Iterator[Finding]:
    if not _exists(connection, lambda c: c.exchange_declare(exchange.name, passive=True)):
        yield Finding("exchange", exchange.name)
        return
    ours: dict[str, Any] = {"type": "topic", "durable": True, "auto_delete": False, "internal": False}

    def ask(channel: BlockingChannel) -> None:
        attributes = {k: ours[k] for k in ("durable", "auto_delete", "internal")}
        arguments = {k: v for k, v in ours.items() if k not in ("type", *attributes)}
        channel.exchange_declare(exchange.name, ours["type"], arguments=arguments, **attributes)

    yield from _differences(connection, "exchange", exchange.name, ours, ask)


def _compare_queue(connection: pika.BlockingConnection, queue: Queue) -> Iterator[Finding]:
    if not _exists(connection, lambda c: c.queue_declare(queue.name, passive=True)):
        yield Finding("queue", queue.name)
        return
    ours: dict[str, Any] = {"durable": True, "auto_delete": False, **queue.arguments}

    def ask(channel: BlockingChannel) -> None:
        attributes = {k: ours[k] for k in ("durable", "auto_delete")}
        arguments = {k: v for k, v in ours.items() if k not in attributes}
        channel.queue_declare(queue.name, arguments=arguments, **attributes)

    yield from _differences(connection, "queue", queue.name, ours, ask)


def _exists(connection: pika.BlockingConnection, ask: Callable[[BlockingChannel], object]) -> bool:
    try:
        with connection.channel() as channel:
            ask(channel)
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code != _NOT_FOUND:
            raise refusal(error) from None
        return False
    return True


def _differences(
    connection: pika.BlockingConnection, what: str, name: str, ours: dict[str, Any], ask: Callable[[BlockingChannel], None]
) -> Iterator[Finding]:
    """Changes ``ours`` to what the broker has, difference by difference."""
    told: set[str] = set()
    while True:
        try:
            with connection.channel() as channel:
                ask(channel)
            return
        except exceptions.ChannelClosedByBroker as error:
            difference = _INEQUIVALENT.search(error.reply_text)
            if error.reply_code != _PRECONDITION_FAILED or difference is None:
                raise refusal(error) from None
            argument, found = difference["name"], difference["theirs"]
            if argument in told:
                return
            told.add(argument)
            yield Finding(what, name, argument, _shown(ours.get(argument)), _shown(_value(found, ours.get(argument))))
            if argument == _TYPE:
                # another type knows other arguments: going on would compare nothing that makes sense
                return
            ours[argument] = _value(found, ours.get(argument))
            if ours[argument] is None:
                del ours[argument]


def _value(text: str, ours: Any) -> Any:
    """A value as the broker writes it in a sentence, of the same type as ours; None if there is none."""
    found = _VALUE.match(text.strip())
    if found is None:
        return None
    value = found["value"]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(ours, int) or (ours is None and value.isdigit()):
        return int(value) if value.isdigit() else value
    return value


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return "empty" if value == "" else str(value).lower() if isinstance(value, bool) else str(value)

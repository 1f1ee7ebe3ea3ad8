"""Compare what should be in the broker with what is, or bring it there, without the management plugin.

The broker tells of a queue or exchange only whether it exists, and, when it is declared with other arguments, the first
argument that differs. So each is asked for passively first (nothing is made by comparing), then declared with our arguments,
on throw-away channels; for each difference told, the broker's value is taken over and it is asked again for the next one.
Bindings it does not tell at all.
"""

import re
from collections.abc import Iterator
from typing import Any

import pika
from pika import exceptions

from services.chassis.bus.topology import Topology
from services.chassis.cli.broker import refusal
from services.chassis.cli.findings import Finding, difference

_NOT_FOUND = 404
_PRECONDITION_FAILED = 406
_INEQUIVALENT = re.compile(
    r"inequivalent arg '(?P<name>[^']+)' for .*: received (?P<ours>.+?) but current is (?P<theirs>.+)$", re.DOTALL
)
_VALUE = re.compile(r"^(?:the value )?'(?P<value>.*?)'(?: of type '\w+')?$", re.DOTALL)
_TYPE = "x-queue-type"
_EXCHANGE = {"type": "topic", "durable": True, "auto_delete": False, "internal": False}
_QUEUE = {"durable": True, "auto_delete": False}
#: what is no argument in the protocol, and pika's parameter for it
_ATTRIBUTES = {"type": "exchange_type", "durable": "durable", "auto_delete": "auto_delete", "internal": "internal"}


def compare(connection: pika.BlockingConnection, topology: Topology) -> Iterator[Finding]:
    """What is missing or different. Makes nothing.

    :raises BrokerRefused: if the broker answers in a way that is none of both (no permission, say).
    """
    for exchange in topology.exchanges:
        yield from _compare(connection, "exchange", exchange.name, _EXCHANGE)
    for queue in topology.queues:
        yield from _compare(connection, "queue", queue.name, _QUEUE | queue.arguments)


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


def _compare(connection: pika.BlockingConnection, what: str, name: str, expected: dict[str, Any]) -> Iterator[Finding]:
    if not _exists(connection, what, name):
        yield Finding(what, name)
        return
    ours, told = dict(expected), set()
    while (refused := _refused(connection, what, name, ours)) and (argument := refused["name"]) not in told:
        told.add(argument)
        wanted = ours.pop(argument, None)
        if (found := _value(refused["theirs"], wanted)) is not None:
            ours[argument] = found
        yield difference(what, name, argument, wanted, found)
        # another type knows other arguments: going on would compare nothing that makes sense
        if argument == _TYPE:
            return


def _exists(connection: pika.BlockingConnection, what: str, name: str) -> bool:
    try:
        with connection.channel() as channel:
            getattr(channel, f"{what}_declare")(name, passive=True)
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code != _NOT_FOUND:
            raise refusal(error) from None
        return False
    return True


def _refused(connection: pika.BlockingConnection, what: str, name: str, ours: dict[str, Any]) -> re.Match[str] | None:
    """The first argument that the broker has otherwise; None if there is none."""
    attributes = {parameter: ours[key] for key, parameter in _ATTRIBUTES.items() if key in ours}
    arguments = {key: value for key, value in ours.items() if key not in _ATTRIBUTES}
    try:
        with connection.channel() as channel:
            getattr(channel, f"{what}_declare")(name, arguments=arguments, **attributes)
    except exceptions.ChannelClosedByBroker as error:
        argument = _INEQUIVALENT.search(error.reply_text)
        if error.reply_code != _PRECONDITION_FAILED or argument is None:
            raise refusal(error) from None
        return argument
    return None


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

"""Probes of the broker: what the service's user may do there, and must not; its exchanges, queues and bindings.

Nothing is left behind: publishing is tried in a transaction that is rolled back, and reading by a consumer that the broker refuses for
its arguments after it has looked at the rights. Declaring what is the service's own is what its start does, too.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pika import BlockingConnection, exceptions
from pika.adapters.blocking_connection import BlockingChannel
from pika.exchange_type import ExchangeType

from services.chassis.bus.topology import PUBLIC_EXCHANGE, Topology, inbound_queue
from services.chassis.cli.broker import connected
from services.chassis.discovery import Service
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources

_REFUSED, _NOT_FOUND, _OTHER_ARGUMENTS = 403, 404, 406
_REMEDY = "Does RabbitMQ run, and is AMQP_URI right?"
_RIGHTS = "`vss topology rights` prints what each user needs; what is lost, an administrator makes: `vss topology declare`."
#: routes nowhere by itself; the transaction is rolled back before it could
_KEY = "vss.doctor"

Ask = Callable[[BlockingConnection, Topology, Resources[Any]], str]


def of_broker(service: type[Service]) -> tuple[Probe, ...]:
    """Return the probes of the broker for one service."""
    asks: dict[str, Ask] = {
        "broker_own": _own,
        "broker_bindings": _bindings,
        "broker_write": _may_write,
        "broker_read": _may_read,
        "broker_others": _may_not_write_others,
    }
    rights = (Probe(name, _connected(service, ask), _REMEDY, needs="broker") for name, ask in asks.items())
    return (Probe("broker", _connected(service, _reachable), _REMEDY), *rights)


def _connected(service: type[Service], ask: Ask) -> Callable[[Resources[Any]], str]:
    def asked(resources: Resources[Any]) -> str:
        from services.chassis.bus.extensions import topology_of  # here: it loads nameko

        with connected(resources.settings.amqp_uri) as connection:
            return ask(connection, topology_of(service, resources.settings), resources)

    return asked


def _reachable(_connection: BlockingConnection, _topology: Topology, resources: Resources[Any]) -> str:
    parts = resources.settings.amqp_uri.parts
    return f"{resources.settings.amqp_uri.place} lets {parts.username or 'guest'} in"


def _own(connection: BlockingConnection, topology: Topology, resources: Resources[Any]) -> str:
    """Declare the service's exchanges and queues, with their arguments."""
    own = _own_exchanges(topology, resources)
    for name in own:
        with _channel(connection, f"declare the exchange {name}") as channel:
            channel.exchange_declare(name, ExchangeType.topic, durable=True)
    for queue in topology.queues:
        # what belongs to all may be another user's to declare: it is enough that it is there
        passive = not queue.name.startswith(f"{resources.service}.")
        with _channel(connection, f"declare the queue {queue.name}") as channel:
            channel.queue_declare(queue.name, durable=True, passive=passive, arguments=None if passive else queue.arguments)
    return f"{len(own)} exchanges and {len(topology.queues)} queues are there, with their arguments"


def _bindings(connection: BlockingConnection, topology: Topology, resources: Resources[Any]) -> str:
    """Bind the service's queue once more, as its start does: over AMQP a binding cannot be looked at."""
    own = [binding for binding in topology.bindings if binding.queue.startswith(f"{resources.service}.")]
    for binding in own:
        with _channel(connection, f"bind {binding.queue} to {binding.exchange}") as channel:
            channel.queue_bind(binding.queue, binding.exchange, binding.key)
    return f"{len(own)} bindings are there (made where they were missing)"


def _may_write(connection: BlockingConnection, topology: Topology, resources: Resources[Any]) -> str:
    own = [*_own_exchanges(topology, resources), PUBLIC_EXCHANGE]
    for name in own:
        with _channel(connection, f"publish to {name}") as channel:
            # at the public exchange it may speak under its own name only
            _publish_nothing(channel, name, f"{resources.service}.{_KEY}")
    return f"may publish to {', '.join(own)}"


def _may_read(connection: BlockingConnection, _topology: Topology, resources: Resources[Any]) -> str:
    queue = inbound_queue(resources.service)
    try:
        with _channel(connection, f"read {queue}") as channel:
            # no priority is a text: refused before a message is handed out, and after the rights were looked at
            channel.basic_consume(queue, lambda *_: None, arguments={"x-priority": "none"})
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code == _OTHER_ARGUMENTS:
            return f"may read {queue}"
        raise
    raise Unwell("the broker takes a consumer that it must refuse", "Is this RabbitMQ? This probe does not understand it.")


def _may_not_write_others(connection: BlockingConnection, topology: Topology, resources: Resources[Any]) -> str:
    own = {*_own_exchanges(topology, resources), PUBLIC_EXCHANGE}
    others = [exchange.name for exchange in topology.exchanges if exchange.name not in own]
    # by the default exchange ("") any queue can be written to
    writable = [name or "any queue (amq.default)" for name in ("", *others) if _may_publish(connection, name)]
    if not writable:
        return f"may publish to none of the {len(others)} exchanges of others, nor straight into queues"
    said = f"may also publish to {', '.join(writable)}"
    if resources.settings.vss_env != "production":
        return f"{said}; that is for development only"
    raise Unwell(said, "Give the service a user of its own with least rights: `vss topology rights` prints them.")


def _own_exchanges(topology: Topology, resources: Resources[Any]) -> list[str]:
    return [exchange.name for exchange in topology.exchanges if exchange.name.startswith(f"{resources.service}.")]


def _may_publish(connection: BlockingConnection, exchange: str) -> bool:
    channel = connection.channel()
    try:
        _publish_nothing(channel, exchange)
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code in (_REFUSED, _NOT_FOUND):
            return False
        raise
    channel.close()
    return True


def _publish_nothing(channel: BlockingChannel, exchange: str, key: str = _KEY) -> None:
    """Publish in a transaction, and roll it back: the rights are looked at, and nobody gets anything."""
    channel.tx_select()
    channel.basic_publish(exchange, key, b"")
    channel.tx_rollback()


@contextmanager
def _channel(connection: BlockingConnection, what: str) -> Iterator[BlockingChannel]:
    """Yield a channel of its own; the broker closes it with each refusal, which becomes ``Unwell``."""
    channel = connection.channel()
    try:
        yield channel
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code == _REFUSED:
            raise Unwell(f"may not {what}", _RIGHTS) from None
        if error.reply_code == _NOT_FOUND:
            raise Unwell(f"cannot {what}: {error.reply_text}", _of_missing(error.reply_text)) from None
        if error.reply_code == _OTHER_ARGUMENTS and "inequivalent arg" in error.reply_text:
            remedy = "Restore the setting that was changed, or empty and delete the queue: `vss topology check`."
            raise Unwell(f"cannot {what}: it has other arguments", remedy) from None
        raise
    channel.close()


def _of_missing(said: str) -> str:
    made_by: Iterable[str] = ("`vss topology declare` makes it", "so does the start of the service that it belongs to")
    return "; ".join(made_by) + (": has that one ever run?" if "exchange" in said else ".")

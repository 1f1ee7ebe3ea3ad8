"""Broker connections below nameko: kombu's py-amqp transport with a limit on every wait."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import amqp
import kombu
from amqp.exceptions import AccessRefused, AMQPError, NotFound, PreconditionFailed
from kombu.exceptions import OperationalError

from services.chassis import tls
from services.chassis.bus import transport
from services.chassis.bus.frames import tolerant_frames
from services.chassis.bus.topology import Topology
from services.chassis.errors import ChassisError, StartUpError, Transient

#: broker and client send one twice in this time; who was silent for two of them is gone
HEARTBEAT_SECONDS = 10
#: for each answer while connecting and setting up
CONNECT_SECONDS = 5
#: for declaring and preparing altogether: a quorum queue may have to elect a leader first
SET_UP_SECONDS = 30
CLOSE_SECONDS = 2
_GLANCE_SECONDS = 0.001
#: what kombu and py-amqp raise when the broker, the connection or the channel is gone
GONE = (AMQPError, OSError, EOFError, OperationalError)


def connect(uri: str) -> kombu.Connection:
    """Open a connection. Each wait for an answer is bounded to 5 s until whoever uses it says otherwise.

    :raises Transient: if the broker does not answer or refuses, with its reason.
    """
    transport.install()
    connection = kombu.Connection(
        uri,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        transport_options={"client_properties": {"product": "vss"}, "frame_handler": tolerant_frames},
    )
    try:
        # try each host once: `connect()` would wait 2 s and retry, on top of the caller's own retries
        connection.ensure_connection(max_retries=max(len(connection.alt) - 1, 0))
    except GONE as error:
        raise Transient(f"broker: {reason(error)}") from error
    connection.connection.transport.sock.settimeout(CONNECT_SECONDS)
    return connection


def reason(error: BaseException) -> str:
    """What the broker or the network said, in a line. Such errors hold no password and no fact."""
    if isinstance(error, ChassisError):
        return str(error).removeprefix("broker: ")
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError):
        return tls.refusal(cause)
    said = getattr(cause, "reply_text", None) or str(cause).partition("\n")[0]
    name = type(cause).__name__
    return f"{name}: {said}" if said and said != name else name


@contextlib.contextmanager
def limited(connection: kombu.Connection, seconds: float = SET_UP_SECONDS) -> Iterator[None]:
    """Bound what is inside. py-amqp waits for an answer as long as heartbeats come, and they come from a broker that hangs.

    The connection is dropped at the deadline, so that whoever waits on it fails with one of `GONE`.
    """
    alarm = threading.Timer(seconds, drop, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        with connection.connection.transport.having_timeout(seconds):
            yield
    finally:
        alarm.cancel()


def declare(channel: amqp.Channel, topology: Topology, service: str) -> None:
    """Declare ``topology`` as ``service``. Idempotent.

    What does not bear the service's name (``public.events``, another's lane) is only made if it is missing: a user with least
    rights may look at it, and no more (``bus/rights.py``).

    :raises StartUpError: if something exists with other arguments.
    :raises AccessRefused: if something is missing, and the user may not make it.
    """
    name, own = "", f"{service}."
    try:
        with _looking(channel.connection) as exists:
            for exchange in topology.exchanges:
                name = f"exchange {exchange.name}"
                if exchange.name.startswith(own) or not exists("exchange", exchange.name):
                    channel.exchange_declare(exchange.name, "topic", durable=True, auto_delete=False)
            for queue in topology.queues:
                name = f"queue {queue.name}"
                if queue.name.startswith(own) or not exists("queue", queue.name):
                    channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=queue.arguments)
        for binding in topology.bindings:
            name = f"binding {binding.exchange} -> {binding.queue}"
            channel.queue_bind(binding.queue, binding.exchange, binding.key)
    except PreconditionFailed as error:
        raise StartUpError(
            f"{name} exists in the broker with other arguments ({error.reply_text}). "
            "Compare with `vss topology check`; then empty and delete it, or restore the setting that was changed."
        ) from None
    except AccessRefused as error:
        raise AccessRefused(
            f"{name}: this user may not make it; an administrator does: `vss topology declare` ({error.reply_text})"
        ) from None


@contextlib.contextmanager
def _looking(connection: amqp.Connection) -> Iterator[Callable[[str, str], bool]]:
    """Ask whether an exchange or a queue exists, on a channel beside: a no closes it."""
    channel: amqp.Channel | None = None

    def exists(what: str, name: str) -> bool:
        nonlocal channel
        channel = channel or connection.channel()
        try:
            if what == "exchange":
                channel.exchange_declare(name, "topic", passive=True)
            else:
                channel.queue_declare(name, passive=True)
        except NotFound:
            channel = None
            return False
        return True

    try:
        yield exists
    finally:
        if channel is not None and channel.is_open:
            channel.close()


class Heartbeat:
    """Keeps a connection alive and notices a dead peer, from a thread of its own.

    :param in_use: for a connection that nobody reads while it is idle: held by whoever uses it. Between uses its heartbeats are
        read here, or py-amqp would find after 20 s that the broker is silent.
    """

    def __init__(self, connection: kombu.Connection, in_use: "threading.Lock | None" = None) -> None:
        self._connection = connection
        self._reads = in_use is not None
        self._in_use = in_use or threading.Lock()
        #: the connection was found broken
        self.lost = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> "Heartbeat":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        rate = 2
        while not self._stop.wait(HEARTBEAT_SECONDS / rate / 2):
            if not self._in_use.acquire(blocking=False):
                continue
            try:
                if self._reads and not self._stop.is_set():
                    read_what_has_come(self._connection.connection)
                self._connection.heartbeat_check(rate=rate)
            except (*GONE, AttributeError):
                # AttributeError: closed by its owner meanwhile
                self.lost = True
                drop(self._connection)
                return
            finally:
                self._in_use.release()


def read_what_has_come(connection: Any) -> None:
    """Handle what lies in the socket of py-amqp's ``connection``, without waiting for more."""
    with contextlib.suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=_GLANCE_SECONDS)


def drop(connection: kombu.Connection) -> None:
    """Shut the socket of ``connection`` down, so that whoever waits on it wakes."""
    with contextlib.suppress(AttributeError, OSError):  # closed already
        connection.connection.transport.sock.shutdown(socket.SHUT_RDWR)


def close(connection: kombu.Connection | None) -> None:
    """Close ``connection`` in order, within 2 s; errors are ignored."""
    if connection is None:
        return
    try:
        connection.connection.transport.sock.settimeout(CLOSE_SECONDS)
        connection.release()
    except Exception:  # noqa: S110  # closing what is already broken
        pass

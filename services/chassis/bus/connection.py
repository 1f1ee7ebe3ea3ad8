"""Connections to the broker and what goes over them, below nameko: kombu's py-amqp transport with limits on every wait."""

import contextlib
import socket
import threading
from typing import Any

import amqp
import kombu
from amqp.exceptions import AMQPError, PreconditionFailed
from amqp.transport import TCPTransport
from kombu.exceptions import OperationalError

from services.chassis.bus.frames import tolerant_frames
from services.chassis.bus.topology import Topology
from services.chassis.errors import StartUpError, Transient

HEARTBEAT_SECONDS = 20
CONNECT_SECONDS = 5
CLOSE_SECONDS = 2
_GLANCE_SECONDS = 0.001
_READ_BYTES = 64 * 1024
#: what kombu and py-amqp raise when the broker, the connection or the channel is gone
GONE = (AMQPError, OSError, EOFError, OperationalError)


def connect(uri: str) -> kombu.Connection:
    """An open connection.

    :raises Transient: if the broker does not answer within 5 s or refuses.
    """
    connection = kombu.Connection(
        uri,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        transport_options={"client_properties": {"product": "vss"}, "frame_handler": tolerant_frames},
    )
    try:
        # each host once: `connect()` would wait 2 s and try a second time, on top of whoever called
        connection.ensure_connection(max_retries=max(len(connection.alt) - 1, 0))
    except GONE as error:
        raise Transient(f"broker: {type(error.__cause__ or error).__name__}") from error
    _read_ahead(connection.connection.transport)
    return connection


def _read_ahead(transport: Any) -> None:
    """Let ``transport`` read what has arrived at once.

    py-amqp asks the socket for exactly the bytes it needs next: nine system calls a message, a third of what receiving costs.
    """
    if type(transport) is not TCPTransport:
        return  # TLS reads through a buffer of its own
    ahead, place = b"", 0
    receive = transport._quick_recv  # noqa: SLF001  # py-amqp 5.4

    def read(count: int, initial: bool = False) -> bytes:  # py-amqp's signature
        nonlocal ahead, place
        if transport._read_buffer:  # noqa: SLF001  # py-amqp 5.4
            # a frame begun before a time-out: py-amqp puts back what it had taken
            ahead, place, transport._read_buffer = transport._read_buffer + ahead[place:], 0, b""  # noqa: SLF001  # py-amqp 5.4
        while len(ahead) - place < count:
            chunk = receive(_READ_BYTES)
            if not chunk:
                raise OSError("the broker closed the connection")
            ahead, place = ahead[place:] + chunk, 0
        place += count
        return ahead[place - count : place]

    transport._read = read  # noqa: SLF001  # py-amqp 5.4


def declare(channel: amqp.Channel, topology: Topology) -> None:
    """Make sure that ``topology`` exists. Idempotent.

    :raises StartUpError: if something exists with other arguments: told, and never waited for.
    """
    name = ""
    try:
        for exchange in topology.exchanges:
            name = f"exchange {exchange.name}"
            channel.exchange_declare(exchange.name, "topic", durable=True, auto_delete=False)
        for queue in topology.queues:
            name = f"queue {queue.name}"
            channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=queue.arguments)
        for binding in topology.bindings:
            name = f"binding {binding.exchange} -> {binding.queue}"
            channel.queue_bind(binding.queue, binding.exchange, binding.key)
    except PreconditionFailed as error:
        raise StartUpError(
            f"{name} exists in the broker with other arguments ({error.reply_text}). "
            "Compare with `vss topology check`; then empty and delete it, or restore the setting that was changed."
        ) from None


class Heartbeat:
    """Keeps a connection alive and notices a dead peer, from a thread of its own.

    :param in_use: for a connection that nobody reads while it is idle: held by whoever uses it. Between uses its heartbeats are
        read here, or py-amqp would find after 40 s that the broker is silent.
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
                    self._read_what_has_come()
                self._connection.heartbeat_check(rate=rate)
            except (*GONE, AttributeError):
                # AttributeError: closed by its owner meanwhile
                self.lost = True
                drop(self._connection)
                return
            finally:
                self._in_use.release()

    def _read_what_has_come(self) -> None:
        with contextlib.suppress(TimeoutError):
            while True:
                self._connection.connection.drain_events(timeout=_GLANCE_SECONDS)


def drop(connection: kombu.Connection) -> None:
    """Close the socket under ``connection`` without a word, so that whoever waits on it wakes."""
    with contextlib.suppress(AttributeError, OSError):  # closed already
        connection.connection.transport.sock.shutdown(socket.SHUT_RDWR)


def close(connection: kombu.Connection | None) -> None:
    """Close ``connection`` in order, within 2 s; whatever goes wrong with that is of no interest any more."""
    if connection is None:
        return
    try:
        connection.connection.transport.sock.settimeout(CLOSE_SECONDS)
        connection.release()
    except Exception:  # noqa: S110  # closing what is already broken
        pass

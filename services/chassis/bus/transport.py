"""kombu's transport for RabbitMQ, with what py-amqp 5.4 leaves out.

- The broker's reason when it blocks publishers (``low on disk``), which py-amqp drops.
- A look at the name in the certificate: py-amqp takes that of any host.
- Reads of all that has arrived at once. py-amqp asks the socket for exactly the bytes it needs next: nine system calls a
  message, a third of what receiving costs.
- No ``TCP_USER_TIMEOUT``. py-amqp sets one second, counted from when the peer's window is full: while a broker blocks, the
  kernel would end the connection each second, and each new one would carry the same messages into the broker's buffers, to
  be delivered once more when it unblocks. Who is gone is found by heartbeats.
"""

import socket
from typing import Any

import kombu.transport
from amqp import spec
from amqp.transport import SSLTransport, TCPTransport
from kombu.transport import pyamqp

from services.chassis import tls

_READ_BYTES = 64 * 1024
_SOCKET = {socket.TCP_USER_TIMEOUT: 0}


class _ReadAhead(TCPTransport):  # type: ignore[misc]  # py-amqp has no types
    """Plain TCP; TLS reads through a buffer of its own."""

    _read_buffer: bytes

    def _setup_transport(self) -> None:
        super()._setup_transport()
        ahead, place = b"", 0
        receive = self.sock.recv

        def read(count: int, initial: bool = False) -> bytes:  # py-amqp's signature
            nonlocal ahead, place
            if self._read_buffer:
                # a frame begun before a time-out: py-amqp puts back what it had taken
                ahead, place, self._read_buffer = self._read_buffer + ahead[place:], 0, b""
            while len(ahead) - place < count:
                chunk = receive(_READ_BYTES)
                if not chunk:
                    raise OSError("the broker closed the connection")
                ahead, place = ahead[place:] + chunk, 0
            place += count
            return ahead[place - count : place]

        # a closure: looking attributes up for each of the three reads of a frame costs more than the read
        self._read = read


class _Verified(SSLTransport):  # type: ignore[misc]  # py-amqp has no types
    """TLS with a server whose certificate is for the host that was asked for."""

    def _wrap_socket(self, sock: socket.socket, **_options: Any) -> socket.socket:
        return tls.context().wrap_socket(sock, server_hostname=self.host, do_handshake_on_connect=False)


class Connection(pyamqp.Connection):  # type: ignore[misc]  # kombu has no types
    """A connection that knows whether the broker has blocked it."""

    _METHODS = pyamqp.Connection._METHODS | {spec.Connection.Blocked: spec.method(spec.Connection.Blocked, "s")}  # noqa: SLF001  # py-amqp 5.4
    #: the broker's reason while it takes no messages from this connection. It says so only after the first that it did not take.
    blocked: str | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, socket_settings=_SOCKET, **options)

    def Transport(  # noqa: N802  # py-amqp's name and order
        self,
        host: str,
        connect_timeout: float,
        ssl: Any = False,
        read_timeout: float | None = None,
        write_timeout: float | None = None,
        **options: Any,
    ) -> Any:
        """Return the transport for ``host``."""
        kind = _Verified if ssl else _ReadAhead
        return kind(host, connect_timeout=connect_timeout, read_timeout=read_timeout, write_timeout=write_timeout, **options)

    def _on_blocked(self, reason: str = "") -> None:
        self.blocked = reason or "no reason given"
        if self.on_blocked:
            self.on_blocked(self.blocked)

    def _on_unblocked(self) -> None:
        self.blocked = None
        super()._on_unblocked()


class Transport(pyamqp.Transport):  # type: ignore[misc]
    """What kombu uses for ``amqp://``."""

    Connection = Connection


class TlsTransport(pyamqp.SSLTransport):  # type: ignore[misc]
    """What kombu uses for ``amqps://``."""

    Connection = Connection


def install() -> None:
    """Have kombu use these for every connection of the process, also when it moves on to another host of a list."""
    for scheme, transport in (("amqp", Transport), ("amqps", TlsTransport)):
        kombu.transport.TRANSPORT_ALIASES[scheme] = f"{__name__}:{transport.__name__}"

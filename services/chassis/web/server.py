"""nameko's web server, bounded and with a graceful stop.

As shipped, an error of one connection stops the whole service, a second process silently shares the port, connections are
unbounded, and stopping drops running requests. Here an error ends its own connection, a port in use is reported, connections
are limited, and a stop lets running requests finish.
"""

import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet import wsgi
from nameko.web.server import BindAddress, WebServer

from services.chassis.errors import StartUpError
from services.chassis.observe.logs import get_logger
from services.chassis.settings import ChassisSettings
from services.chassis.web.places import Connection, Places
from services.chassis.web.protocol import Protocol

log = get_logger(__name__)

_BACKLOG = 1024
_ACCEPT_AGAIN_SECONDS = 0.1


class _Errors:
    """Receives eventlet's log lines; the only ones that matter report a broken response."""

    def info(self, _text: str) -> None:
        log.error("http_answer_failed", exc_info=sys.exc_info())

    def debug(self, _text: str) -> None:
        """A client went away."""

    def error(self, _text: str) -> None:
        log.debug("http_body_not_read")


class Server(WebServer):  # type: ignore[misc]
    """Serve `app` within the limits of `settings`. `Http` sets both before the container starts its extensions."""

    app: Callable[..., Any]
    settings: ChassisSettings
    _starting: bool

    def __init__(self) -> None:
        super().__init__()
        self._connections: dict[int, tuple[Connection, Any]] = {}
        self._stopping = False

    @property
    def bind_addr(self) -> BindAddress:
        """Host and port of `WEB_SERVER_ADDRESS`, which the setting has checked: `host:port` or `[::]:port`."""
        host, _, port = str(self.container.config["WEB_SERVER_ADDRESS"]).rpartition(":")
        return BindAddress(host.strip("[]"), int(port))

    @property
    def port(self) -> int:
        """The port in use, also when the address said 0."""
        return int(self._sock.getsockname()[1])

    def start(self) -> None:
        """Listen and serve. Raises StartUpError when the address cannot be used."""
        if self._starting:
            return
        self._starting = True
        self._places = Places(self.settings)
        self._sock = self._listen(self.bind_addr)
        self._serv = self.get_wsgi_server(self._sock, self.app)
        self._gt = self.container.spawn_managed_thread(self.run, identifier="http-accept")
        host, port = self._sock.getsockname()[:2]
        log.info("http_listening", listen=f"{host}:{port}")

    def _listen(self, address: BindAddress) -> Any:
        family = socket.AF_INET6 if ":" in address.address else socket.AF_INET
        try:
            # reuse_port is eventlet's default: two processes would then share a port without a word
            sock = eventlet.listen(tuple(address), family, backlog=_BACKLOG, reuse_port=False)
        except OSError as error:
            raise StartUpError(
                f"WEB_SERVER_ADDRESS: cannot listen on {address.address or '*'}:{address.port} ({error.strerror}). "
                "Stop the program that uses it, or choose another address."
            ) from error
        sock.settimeout(None)
        return sock

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = Protocol, debug: bool = False) -> wsgi.Server:
        """Serve without an access log (ours holds no query strings) and without tracebacks in answers."""
        server = wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=False,
            log_output=False,
            socket_timeout=self.settings.http_socket_seconds,
        )
        server.log = _Errors()
        server.settings = self.settings
        server.places = self._places
        return server

    # ------------------------------------------------------------ serving

    def run(self) -> None:
        """Accept connections until stopped, however many there are: another one gives way (`Places`)."""
        while not self._stopping:
            try:
                sock, address = self._sock.accept()
            except OSError as error:
                if self._stopping:
                    return
                self._places.make_room("all")  # the process may have as many files open as it can
                log.warning("http_accept_failed", error=error)
                eventlet.sleep(_ACCEPT_AGAIN_SECONDS)
                continue
            self._begin(sock, address)

    def _begin(self, sock: Any, address: Any) -> None:
        connection = self._places.connect(sock, address)
        thread = self.container.spawn_managed_thread(partial(self._serve, connection), identifier="http-connection")
        self._connections[id(connection)] = (connection, thread)

    def _serve(self, connection: Connection) -> None:
        try:
            self._serv.process_request(connection)
        except OSError:
            log.debug("http_client_gone")
        except Exception:  # nameko stops the service for an error that leaves this function
            log.exception("http_connection_failed")
        finally:
            self._connections.pop(id(connection), None)
            connection[1].close()
            self._places.disconnect(connection)

    # ------------------------------------------------------------ stopping

    def drain(self) -> None:
        """Accept no more, let running requests finish within `stop_seconds`, then close everything."""
        if self._stopping or not self._starting:
            return
        self._stopping = True
        self._gt.kill()
        self._accept_the_queued()
        self._sock.close()
        self._serv.keepalive = False  # answers from now on say `Connection: close`
        for connection, _ in list(self._connections.values()):
            if connection[2] == wsgi.STATE_IDLE:
                connection.shut()
            else:
                connection[2] = wsgi.STATE_CLOSE
        deadline = time.monotonic() + self.settings.stop_seconds
        while self._connections and time.monotonic() < deadline:
            eventlet.sleep(0.02)
        if self._connections:
            log.warning("http_requests_cut_off", count=len(self._connections))
        self._cut_off()

    def _accept_the_queued(self) -> None:
        """Serve clients that are already connected; closing the socket would reset them."""
        self._sock.setblocking(False)
        try:
            while True:
                self._begin(*self._sock.accept())
        except OSError:
            log.debug("http_nobody_is_left")

    def _cut_off(self) -> None:
        for _, thread in list(self._connections.values()):
            thread.kill()

    def stop(self) -> None:
        """Called by the container after the dependency that owns this server; nothing is left to do then."""
        self.drain()

    def kill(self) -> None:
        """Close at once."""
        self._stopping = True
        if self._starting:
            self._gt.kill()
            self._sock.close()
            self._cut_off()

"""Who may be connected to an HTTP server at once, and who gives way when it is full.

- Connections cost little: half as many again as there are places are taken, and when they are used up, the one that has kept us waiting
  for longest is closed. So there is always room for one more, and a health check is always answered.
- A *place* is taken by a request whose head is complete, until it is answered. Health checks need none. Who finds none waits, and those who
  send their bodies or read their answers slowly give way to them.
- One client has a share of the connections only. Behind proxies (``TRUSTED_PROXIES``) all come from few addresses: there the proxy tells
  clients apart, and only the bounds for all hold here.

Work in hand is never cut off: whoever gives way is a client for whom we wait.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eventlet import wsgi
from eventlet.semaphore import Semaphore

from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.settings import ChassisSettings
from services.chassis.web.networks import UnreadAddressError, network

log = get_logger(__name__)

#: connections beyond those that can have a place: at least, and for so many places one
_LOBBY, _LOBBY_SHARE = 32, 2
#: of them are kept for those whose heads have not come yet
_HEADS = 8
#: how long a client may keep us waiting while others wait for its place
_MOST_PATIENCE_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.1


class Connection(list[Any]):
    """One connection, as eventlet wants it (``[address, socket, state]``), with what we know of its client."""

    def __init__(self, address: Any, sock: Any, client: str | None) -> None:
        super().__init__([address, sock, wsgi.STATE_IDLE])
        #: the client's network; None behind a proxy
        self.client = client
        #: since when we wait for the client; None while it waits for us
        self.awaited_since: float | None = time.monotonic()
        self.has_place = False
        self.is_answering = False
        self.is_leaving = False

    @contextmanager
    def awaited(self, *, since: float | None = None, answering: bool = False) -> Iterator[None]:
        """Mark that we wait for the client within the block, by default from now on: for its bytes, or for it to read ours."""
        self.awaited_since, self.is_answering = time.monotonic() if since is None else since, answering
        try:
            yield
        finally:
            self.awaited_since, self.is_answering = None, False

    def begin_to_wait(self) -> None:
        """Mark that it is the client's turn."""
        self.awaited_since = time.monotonic()

    def shut(self) -> None:
        """End what we wait for: a request that has just arrived, or is on its way, is still answered."""
        self.is_leaving = True
        try:
            self[1].shutdown(socket.SHUT_RDWR if self.is_answering else socket.SHUT_RD)
        except OSError:
            log.debug("http_client_gone")


class Places:
    """The connections of one server."""

    def __init__(self, settings: ChassisSettings) -> None:
        self._lobby = max(_LOBBY, settings.http_max_connections // _LOBBY_SHARE)
        self._most = settings.http_max_connections + self._lobby
        self._each = 0 if settings.trusted_proxies else settings.http_max_connections_per_address
        self._wait_seconds = settings.http_head_seconds
        self._patience_seconds = min(_MOST_PATIENCE_SECONDS, self._wait_seconds / 2)
        self._free = Semaphore(settings.http_max_connections)
        self._waiting = 0
        self._gave_way = metrics.of(settings.service).gave_way
        self._connections: dict[int, Connection] = {}
        self._of_client: Counter[str] = Counter()

    def connect(self, sock: Any, address: Any) -> Connection:
        """Return the connection of a client that has just come; if it is one too many, another one gives way."""
        connection = Connection(address, sock, self._client(address))
        self._connections[id(connection)] = connection
        if connection.client is not None:
            self._of_client[connection.client] += 1
            if self._each and self._of_client[connection.client] > self._each:
                self.make_room("address", lambda each: each.client == connection.client)
        if len(self._connections) > self._most:
            self.make_room("all")
        return connection

    def disconnect(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        if self._connections.pop(id(connection), None) is not None and connection.client is not None:
            self._of_client[connection.client] -= 1
            if not self._of_client[connection.client]:
                del self._of_client[connection.client]

    def make_room(
        self, why: str, among: Callable[[Connection], bool] = lambda _each: True, *, patience: float = 0.0
    ) -> None:
        """Close the connection that has kept us waiting for longest, out of those of the client that has most.

        :param why: the label of the count.
        :param among: tells which connections may be closed.
        :param patience: for how many seconds one must have kept us waiting.
        """
        # one pass and no calls where nothing calls for them: in a flood this runs for each of its connections
        latest = time.monotonic() - patience
        most, longest, chosen = 0, latest, None
        for each in self._connections.values():
            since = each.awaited_since
            if since is None or since > latest or each.is_leaving or not among(each):
                continue
            held = self._of_client[each.client] if each.client else 0
            if chosen is None or held > most or (held == most and since < longest):
                most, longest, chosen = held, since, each
        if chosen is not None:
            self._gave_way[why].inc()
            chosen.shut()

    def take(self, connection: Connection) -> bool:
        """Take a place for a request, or wait for one; return False if there is none in time."""
        connection.awaited_since = None
        if not self._free.acquire(blocking=False) and not self._wait():
            self._gave_way["refused"].inc()
            return False
        connection.has_place = True
        return True

    def leave(self, connection: Connection) -> None:
        """Give the place back."""
        if connection.has_place:
            connection.has_place = False
            self._free.release()

    def _wait(self) -> bool:
        if self._waiting >= self._lobby - _HEADS:
            return False
        self._waiting += 1
        deadline = time.monotonic() + self._wait_seconds
        try:
            while time.monotonic() < deadline:
                if self._free.acquire(timeout=_LOOK_AGAIN_SECONDS):
                    return True
                self.make_room("slow", lambda each: each.has_place, patience=self._patience_seconds)
        finally:
            self._waiting -= 1
        return False

    def _client(self, address: Any) -> str | None:
        if not self._each:
            return None
        try:
            return network(str(address[0]))
        except UnreadAddressError:
            return None

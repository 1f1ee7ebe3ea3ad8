"""The front door of one service: passes each request to one of its processes, as a proxy in production would."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

_ANSWER_SECONDS = 30.0
_SERVER_ERROR, _BAD_GATEWAY, _UNAVAILABLE = 500, 502, 503
#: for one connection, not for the message
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Way(NamedTuple):
    """A process that takes requests, and the release it belongs to."""

    port: int
    release: str


class Answer(NamedTuple):
    """A process's answer, whole, and its release."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    release: str = ""


class Front:
    """Listens on `port` of 127.0.0.1. Processes take turns; if one refuses the connection, or answers 503, the next is asked.

    As nginx with `proxy_next_upstream error http_503 non_idempotent`: POSTs carry an Idempotency-Key.
    """

    def __init__(self, port: int) -> None:
        #: answers by release
        self.answered: Counter[str] = Counter()
        #: requests that the client saw fail
        self.failed: list[str] = []
        #: answers of 503, by release, after which another process was asked
        self.passed_on: Counter[str] = Counter()
        self._ways: list[Way] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, way: Way) -> None:
        with self._lock:
            self._ways.append(way)

    def remove(self, way: Way) -> None:
        """Send no further requests there; those under way go on."""
        with self._lock:
            self._ways.remove(way)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> Answer:
        """Pass a request on, and return the answer; a failure is noted."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        try:
            answer = self._from_first_that_can(request, body)
        except (OSError, http.client.HTTPException) as error:
            answer = Answer(_BAD_GATEWAY, [], type(error).__name__.encode())
        if answer.status >= _SERVER_ERROR:
            path = request.path.partition("?")[0]
            said = answer.content[:400].decode(errors="replace")
            self.failed.append(
                f"{time.strftime('%H:%M:%S')} {request.command} {path}: {answer.release} {answer.status} {said}"
            )
        return answer

    def _from_first_that_can(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        answer = Answer(_UNAVAILABLE, [], b"no process takes requests")
        for way in self._next_ways():
            try:
                answer = _ask(way, request, body)
            except ConnectionRefusedError:
                continue
            if answer.status != _UNAVAILABLE:
                self.answered[way.release] += 1
                break
            self.passed_on[way.release] += 1
        return answer

    def _next_ways(self) -> list[Way]:
        with self._lock:
            if self._ways:
                self._ways.append(self._ways.pop(0))
            return list(self._ways)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                answer = front.answer(self)
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815  # http.server calls them so

            def log_message(self, *_what: object) -> None:
                """Say nothing."""

        return Handler


def _ask(way: Way, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", way.port, timeout=_ANSWER_SECONDS)
    kept = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
    try:
        connection.request(request.command, request.path, body or None, kept | {"Connection": "close"})
        got = connection.getresponse()
        return Answer(got.status, got.getheaders(), got.read(), way.release)
    finally:
        connection.close()

"""An HTTP connection: eventlet's protocol with the limits it lacks.

What eventlet does not do and a server on a public network must: bound the time for a request's head and body, refuse
framing that a proxy in front may read in another way (request smuggling), let a client that is still sending read the
refusal before the connection goes, and never print a request line.
"""

import json
import re
import socket
from email import errors
from typing import Any

import eventlet
from eventlet import wsgi
from nameko.web.server import HttpOnlyProtocol

from services.chassis.observe.logs import get_logger
from services.chassis.web.operations import QUIET
from services.chassis.web.places import Connection
from services.chassis.web.problem import MEDIA_TYPE, Problem
from services.chassis.web.security import SECURITY_HEADERS
from services.chassis.web.streams import Answer, Body, Paced

log = get_logger(__name__)

_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_URL_LENGTH = 8192
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 32 * 1024 * 1024
#: what Python's parser of e-mail misses under the head of every multipart request: it is given the head alone
_OF_A_BODY = (
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.MultipartInvariantViolationDefect,
    errors.InvalidMultipartContentTransferEncodingDefect,
)


class TooSlowError(Exception):
    """The client did not send what it announced in time."""


class Protocol(HttpOnlyProtocol):  # type: ignore[misc]
    """Serve the requests of one connection in turn. `server.settings` and `server.places` come from `Server`."""

    server: Any
    conn_state: Connection
    _refused = False
    _body: Body | None = None

    def setup(self) -> None:
        """Prepare the connection."""
        super().setup()
        self.wfile: Any = Answer(self.wfile, self.conn_state)

    def handle_one_request(self) -> None:
        """Serve one request; its head must arrive within `http_head_seconds`."""
        self.conn_state.begin_to_wait()
        self._clock: eventlet.Timeout | None = None
        self._body: Body | None = None
        try:
            super().handle_one_request()
        except TooSlowError:
            self.send_error(408)
        finally:
            self._stop_clock()
            self.server.places.leave(self.conn_state)
        eventlet.sleep(0)  # whoever sends the next request at once is not served before all others

    def _read_request_line(self) -> bytes:
        try:
            self.connection.settimeout(self.server.settings.http_idle_seconds)
            if not self.rfile.peek(1):
                return b""
            self.conn_state[2] = wsgi.STATE_REQUEST  # not idle any more: a stop waits for it
            self.conn_state.begin_to_wait()
            self._clock = eventlet.Timeout(self.server.settings.http_head_seconds, TooSlowError())
            self.connection.settimeout(self.server.settings.http_socket_seconds)
            line: bytes = self.rfile.readline(_URL_LENGTH)
        except (ConnectionError, ValueError):  # ValueError: the file was closed when the process stopped
            return b""
        if len(line) >= _URL_LENGTH:
            self.send_error(414)
            return b""
        return line

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def parse_request(self) -> bool:
        """Parse the head and take a place; False after an error response."""
        try:
            if not super().parse_request():
                return False
        except (wsgi.HeaderLineTooLong, wsgi.HeadersTooLarge):
            self.send_error(431)
            return False
        self._stop_clock()
        if not self._framing_is_clear():
            self.send_error(400)
            return False
        if self.path.partition("?")[0] in QUIET:  # whoever looks whether we live is told in a full house, too
            self.conn_state.awaited_since = None
        elif not self.server.places.take(self.conn_state):
            self.send_error(503)
            return False
        return True

    def _framing_is_clear(self) -> bool:
        """Whether every proxy must agree on where this request ends."""
        lengths = self.headers.get_all("content-length", [])
        encodings = self.headers.get_all("transfer-encoding", [])
        hosts = self.headers.get_all("host", [])
        unreadable = any(not isinstance(defect, _OF_A_BODY) for defect in self.headers.defects)
        if self.request_version not in ("HTTP/1.0", "HTTP/1.1") or len(hosts) > 1 or unreadable:
            return False
        if self.request_version == "HTTP/1.1" and not hosts:
            return False
        if encodings:
            return (
                self.request_version == "HTTP/1.1"
                and not lengths
                and len(encodings) == 1
                and encodings[0].strip().lower() == "chunked"
            )
        return len(lengths) <= 1 and all(_DIGITS.fullmatch(length.strip()) for length in lengths)

    def get_environ(self) -> dict[str, Any]:
        """Return the WSGI environment, with eventlet's deviations corrected."""
        environ: dict[str, Any] = super().get_environ()
        if self.headers.get("content-type") is None:
            environ.pop("CONTENT_TYPE", None)  # eventlet claims text/plain
        given = environ["wsgi.input"]
        body = Body(
            Paced(given.rfile, self.conn_state, self.server.settings),
            given.content_length,
            self.connection,
            wfile=given.wfile,
            wfile_line=given.wfile_line,
            chunked_input=given.chunked_input,
        )
        environ["wsgi.input"] = environ["eventlet.input"] = self._body = body
        if body.chunked_input:
            environ["wsgi.input_terminated"] = True
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer an error found before application code ran with a problem."""
        problem = Problem(code)
        body = json.dumps(problem.members, ensure_ascii=False).encode()
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
            **problem.headers,
            **SECURITY_HEADERS,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {code} {problem.members['title_en']}\r\n{lines}\r\n"
        self.close_connection = self._refused = True
        try:
            self.wfile.write(head.encode() + body)
            self.wfile.flush()
        except OSError:
            log.debug("http_client_gone")
        log.info("http_request_refused", status=code)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Log nothing: the standard library would print request lines."""

    def finish(self) -> None:
        """Close, but let a client that is still sending read our response first instead of resetting it."""
        if self._refused or (self._body is not None and self._body.is_unread):
            self._linger()
        super().finish()

    def _linger(self) -> None:
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_SECONDS)
            received = 0
            with self.conn_state.awaited(), eventlet.Timeout(_LINGER_SECONDS, False):
                while received < _LINGER_BYTES and (chunk := self.connection.recv(65536)):
                    received += len(chunk)
        except OSError:
            log.debug("http_client_gone")

"""An HTTP connection: eventlet's protocol with the limits it lacks.

What eventlet does not do and a server on a public network must: bound the time for a request's head and body, refuse
framing that a proxy in front may read in another way (request smuggling), let a client that is still sending read the
refusal before the connection goes, and never print a request line.
"""

import json
import re
import socket
import time
from email import errors
from typing import Any

import eventlet
from eventlet import wsgi
from nameko.web.server import HttpOnlyProtocol

from services.chassis.observe.logs import get_logger
from services.chassis.web.problem import MEDIA_TYPE, Problem
from services.chassis.web.security import SECURITY_HEADERS

log = get_logger(__name__)

_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_URL_LENGTH = 8192
_LEFT_OVER_BYTES = 64 * 1024  # an unread body up to this is read away to keep the connection
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


class _Body(wsgi.Input):  # type: ignore[misc]
    """A request body that must arrive by a deadline."""

    deadline: float
    chunked_input: bool
    chunk_length: int
    content_length: int | None
    position: int

    def _do_read(self, reader: Any, length: int | None = None) -> Any:
        with eventlet.Timeout(self._left(), _too_slow()):
            return super()._do_read(reader, length)

    def _chunked_read(self, rfile: Any, length: int | None = None, use_readline: bool = False) -> Any:
        with eventlet.Timeout(self._left(), _too_slow()):
            return super()._chunked_read(rfile, length, use_readline)

    def _left(self) -> float:
        return max(0.001, self.deadline - time.monotonic())

    def discard(self, buffer_size: int = 16 << 10) -> None:
        """Drain what the application did not read, if it is little and arrives in time. OSError closes the connection."""
        unread = 0
        try:
            while chunk := self.read(buffer_size):
                unread += len(chunk)
                if unread > _LEFT_OVER_BYTES:
                    raise OSError
        except Problem:
            raise OSError from None

    @property
    def is_unread(self) -> bool:
        """Whether the client may still be sending."""
        return self.chunk_length != 0 if self.chunked_input else self.position < (self.content_length or 0)


def _too_slow() -> Problem:
    return Problem(408)


class Protocol(HttpOnlyProtocol):  # type: ignore[misc]
    """Serve the requests of one connection in turn. `server.settings` and `server.crowded` come from `Server`."""

    server: Any
    _refused = False
    _body: _Body | None = None

    def handle_one_request(self) -> None:
        """Serve one request; its head must arrive within `http_head_seconds`."""
        self._clock: eventlet.Timeout | None = None
        self._body: _Body | None = None
        try:
            super().handle_one_request()
        except TooSlowError:
            self.send_error(408)
        finally:
            self._stop_clock()
        if self.server.crowded():
            self.conn_state[2] = wsgi.STATE_CLOSE  # somebody else waits for this place

    def _read_request_line(self) -> bytes:
        try:
            self.connection.settimeout(self.server.settings.http_idle_seconds)
            if not self.rfile.peek(1):
                return b""
            self.conn_state[2] = wsgi.STATE_REQUEST  # not idle any more: a stop waits for it
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
        """Parse the head; False after an error response."""
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
        body = _Body(
            given.rfile,
            given.content_length,
            self.connection,
            wfile=given.wfile,
            wfile_line=given.wfile_line,
            chunked_input=given.chunked_input,
        )
        body.deadline = time.monotonic() + self.server.settings.http_body_seconds
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
            with eventlet.Timeout(_LINGER_SECONDS, False):
                while received < _LINGER_BYTES and (chunk := self.connection.recv(65536)):
                    received += len(chunk)
        except OSError:
            log.debug("http_client_gone")

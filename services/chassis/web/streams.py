"""The bytes of a request's body and of its answer, while the client may be slow: `Places` is told for whom we wait."""

import time
from typing import Any

import eventlet
from eventlet import wsgi

from services.chassis.settings import ChassisSettings
from services.chassis.web.places import Connection
from services.chassis.web.problem import Problem

_PART_BYTES = 64 * 1024
_LEFT_OVER_BYTES = 64 * 1024  # an unread body up to this is read away to keep the connection


class Paced:
    """The bytes of a body, which must come at a least speed and all by a deadline; the clock starts when somebody reads."""

    def __init__(self, rfile: Any, connection: Connection, settings: ChassisSettings) -> None:
        self._rfile = rfile
        self._connection = connection
        self._settings = settings
        self._begun: float | None = None
        self._received = 0

    def read(self, length: int) -> bytes:
        """Read that many bytes, or to the end."""
        parts = []
        while length > 0 and (part := self._timed(self._rfile.read1, min(length, _PART_BYTES))):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def readline(self, *limit: int) -> bytes:
        """Read a line."""
        return self._timed(self._rfile.readline, *limit)

    def _timed(self, read: Any, *args: int) -> bytes:
        now = time.monotonic()
        begun = self._begun = self._begun or now
        earned = self._settings.http_head_seconds + self._received / self._settings.http_body_bytes_per_second
        left = begun + min(self._settings.http_body_seconds, earned) - now
        with self._connection.awaited(since=begun), eventlet.Timeout(max(0.001, left), Problem(408)):
            data: bytes = read(*args)
        self._received += len(data)
        return data


class Body(wsgi.Input):  # type: ignore[misc]  # eventlet has no types
    """A request body."""

    chunked_input: bool
    chunk_length: int
    content_length: int | None
    position: int

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


class Answer:
    """The way back to the client, who may be slow to read."""

    def __init__(self, wfile: Any, connection: Connection) -> None:
        self._wfile = wfile
        self._connection = connection

    def writelines(self, lines: list[bytes]) -> None:
        """Write, and wait until the client has read enough."""
        with self._connection.awaited(answering=True):
            self._wfile.writelines(lines)

    def flush(self) -> None:
        """Send what is written."""
        with self._connection.awaited(answering=True):
            self._wfile.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wfile, name)

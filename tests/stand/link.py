"""A TCP proxy between a service and a server that can be cut and restored, so that an outage affects only one test."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from services.chassis.testing import free_port


class Link:
    """Forwards a port of 127.0.0.1 to the server named in a URI. Starts connected or cut; `uri` leads through it.

    While cut, new connections are refused and existing ones are broken, as if the server had died. While silent, connections
    stay, new ones are taken, and nothing passes: as if the server hung, or a firewall had forgotten the connection.
    """

    def __init__(self, uri: str, *, cut: bool = False) -> None:
        parts = urlsplit(uri)
        self._target = (parts.hostname or "", parts.port or 0)
        self.port = free_port()
        who = parts.netloc.rpartition("@")[0]
        self.uri = urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{self.port}" if who else f"127.0.0.1:{self.port}"))
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._passing = threading.Event()
        self._passing.set()
        if not cut:
            self.mend()

    def mend(self) -> None:
        """Let connections through."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(50)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _end(end)
        self._passing.set()

    def silence(self) -> None:
        """Let nothing pass, in either direction, until it is cut."""
        self._passing.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._open |= {near, far}
            if self._listener is not listener:
                _end(near)
                _end(far)
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._passing.wait()
                sink.sendall(piece)
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

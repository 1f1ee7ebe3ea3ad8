"""A TCP relay that delays what passes: ``python -m tests.operations.relay HOST:PORT HOST:PORT FILE``.

Listens on the first address and connects to the second. FILE holds the seconds that everything takes in either direction; it is
read ten times a second. Kernels without netem cannot do this by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

_PIECE_BYTES, _MOST_PIECES = 64 * 1024, 256
_REREAD_SECONDS = 0.1


class Relay:
    """Connections between one address and another."""

    def __init__(self, to: str, file: Path) -> None:
        self._to = to
        self._file = file
        self._seconds = 0.0

    async def serve(self, address: str) -> None:
        """Relay until cancelled."""
        host, port = _split(address)
        server = await asyncio.start_server(self._connected, host, port)
        async with server:
            while True:
                with contextlib.suppress(OSError, ValueError):
                    self._seconds = float(self._file.read_text(encoding="ascii"))
                await asyncio.sleep(_REREAD_SECONDS)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(*_split(self._to))
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, there_writer))
                both.create_task(self._pass_on(there_reader, writer))
        except* OSError:
            # as the other side has done
            writer.transport.abort()
            there_writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MOST_PIECES)

        async def take() -> None:
            data = b"-"
            while data:
                data = await reader.read(_PIECE_BYTES)
                await pieces.put((loop.time() + self._seconds, data))

        async def give() -> None:
            while True:
                due, data = await pieces.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()

        async with asyncio.TaskGroup() as both:
            both.create_task(take())
            both.create_task(give())


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    listen, to, file = sys.argv[1:]
    asyncio.run(Relay(to, Path(file)).serve(listen))

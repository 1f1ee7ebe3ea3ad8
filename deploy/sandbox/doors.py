"""Serve one provider on a port of its own, which can be shut: then nobody listens there, as with a provider that is dead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from aiohttp import web

log = logging.getLogger("sandbox.doors")

_LOOK_EVERY_SECONDS = 0.05


class Door:
    """`is_shut` is looked at many times a second. Open connections are cut when it is shut."""

    def __init__(self, host: str, port: int, routes: Iterable[web.RouteDef], is_shut: Callable[[], bool]) -> None:
        self._host, self._port, self._routes, self._is_shut = host, port, list(routes), is_shut
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._open()
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            if self._is_shut() and self._runner is not None:
                await self._close()
            elif not self._is_shut() and self._runner is None:
                await self._open()

    async def _open(self) -> None:
        app = web.Application()
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, reuse_address=True).start()

    async def _close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

"""Send callbacks: in order for each message, with a few tries and a bounded backlog."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

log = logging.getLogger("sandbox.callbacks")

_LANES, _LANE_SIZE = 8, 500
_FIRST_PAUSE_SECONDS = 0.5
_SERVER_FAULTS = 500


@dataclass(frozen=True, slots=True)
class Callback:
    """One request to be made. `about`: the message, whose callbacks keep their order; `body`: a form, or a text."""

    url: str
    about: str
    body: Mapping[str, str] | str
    headers: Mapping[str, str]


class Callbacks:
    """Queues of waiting callbacks; all of one message use the same queue, so `sent` comes before `delivered`."""

    def __init__(self, tries: int, timeout_seconds: float) -> None:
        self._tries = tries
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._lanes: list[asyncio.Queue[Callback]] = [asyncio.Queue(_LANE_SIZE) for _ in range(_LANES)]
        self._workers: list[asyncio.Task[None]] = []
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def add(self, callback: Callback) -> None:
        """Queue a callback; if the queue is full, drop the oldest one."""
        lane = self._lanes[zlib.crc32(callback.about.encode()) % _LANES]
        if lane.full():
            lane.get_nowait()
            self.counts["dropped"] += 1
        lane.put_nowait(callback)

    async def _work(self, lane: asyncio.Queue[Callback]) -> None:
        async with aiohttp.ClientSession(timeout=self._timeout) as session:
            while True:
                callback = await lane.get()
                try:
                    await self._send(session, callback)
                except Exception:
                    self.counts["failed"] += 1
                    log.exception("callback_failed")

    async def _send(self, session: aiohttp.ClientSession, callback: Callback) -> None:
        pause = _FIRST_PAUSE_SECONDS
        for left in reversed(range(self._tries)):
            try:
                async with session.post(
                    callback.url, data=callback.body, headers=callback.headers, allow_redirects=False
                ) as answer:
                    if answer.status < _SERVER_FAULTS:
                        # a 4xx is final: retrying would not change it
                        self.counts["told" if answer.ok else "refused"] += 1
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            if left:
                await asyncio.sleep(pause)
                pause *= 2
        self.counts["failed"] += 1
        log.warning("callback_given_up after %d tries", self._tries)

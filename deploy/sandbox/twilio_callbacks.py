"""Send status callbacks: signed like Twilio's, in order for each message, with a few tries and a bounded backlog."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import zlib
from collections import Counter
from collections.abc import Mapping

import aiohttp

log = logging.getLogger("sandbox.callbacks")

_LANES, _LANE_SIZE = 8, 500
_FIRST_PAUSE_SECONDS = 0.5
_SERVER_FAULTS = 500

Callback = tuple[str, dict[str, str]]


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """Return `X-Twilio-Signature`: HMAC-SHA1 over the URL followed by each name and value, sorted by name."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Callbacks:
    """Queues of waiting callbacks; all of one message use the same queue, so `sent` comes before `delivered`."""

    def __init__(self, auth_token: str, tries: int, timeout_seconds: float) -> None:
        self._auth_token = auth_token
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

    def add(self, url: str, form: dict[str, str]) -> None:
        """Queue a callback; if the queue is full, drop the oldest one."""
        lane = self._lanes[zlib.crc32(form["MessageSid"].encode()) % _LANES]
        if lane.full():
            lane.get_nowait()
            self.counts["dropped"] += 1
        lane.put_nowait((url, form))

    async def _work(self, lane: asyncio.Queue[Callback]) -> None:
        async with aiohttp.ClientSession(timeout=self._timeout) as session:
            while True:
                url, form = await lane.get()
                try:
                    await self._send(session, url, form)
                except Exception:
                    self.counts["failed"] += 1
                    log.exception("callback_failed")

    async def _send(self, session: aiohttp.ClientSession, url: str, form: dict[str, str]) -> None:
        headers = {"X-Twilio-Signature": signature(self._auth_token, url, form), "User-Agent": "TwilioProxy/1.1"}
        pause = _FIRST_PAUSE_SECONDS
        for left in reversed(range(self._tries)):
            try:
                async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
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

"""Count what a piece of work costs the person at the keyboard: strokes beyond the typed text, page loads, bytes, waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from playwright.sync_api import Frame, Request

from playground.browser import Visitor

_SETTLED_SECONDS, _LOOK_MS, _MOST_SECONDS = 0.08, 10, 15.0


@dataclass
class Cost:
    """What has been spent. `strokes` are keys and combinations; the letters of the text itself are `letters`."""

    strokes: int = 0
    letters: int = 0
    page_loads: int = 0
    requests: int = 0
    bytes: int = 0
    waiting_seconds: float = 0.0

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(mine - theirs for mine, theirs in zip(asdict(self).values(), asdict(other).values(), strict=True)))


class Effort:
    """Somebody who uses the keyboard only. Whoever wants the price of one task subtracts two values of `cost`."""

    def __init__(self, visitor: Visitor) -> None:
        self._page = visitor.page
        self._cost = Cost()
        self._open: set[Request] = set()
        self._last_end = 0.0
        self._page.on("request", self._begins)
        self._page.on("requestfinished", self._ends)
        self._page.on("requestfailed", self._ends)
        self._page.on("framenavigated", self._navigates)
        network = visitor.context.new_cdp_session(self._page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._arrives)

    @property
    def cost(self) -> Cost:
        """Return a copy of what has been spent so far."""
        return Cost(**asdict(self._cost))

    def presses(self, *keys: str, until: Callable[[], object] | None = None) -> None:
        """Press keys one after the other (`Tab`, `Control+Enter`), waiting each time until the page has done what follows.

        :param until: waits for what the last key must lead to; fails if it does not come.
        """
        for number, key in enumerate(keys, start=1):
            began = time.monotonic()
            seen = self._cost.requests
            self._page.keyboard.press(key)
            self._cost.strokes += 1
            if until is not None and number == len(keys):
                until()
            self._settles(began)
            # or the next key would meet a page whose script has not run
            self._page.wait_for_load_state()
            if self._cost.requests > seen:
                self._cost.waiting_seconds += max(0.0, self._last_end - began)

    def types(self, text: str) -> None:
        """Type words into whatever has the focus."""
        self._page.keyboard.insert_text(text)
        self._cost.letters += len(text)

    def reaches(self, selector: str, most: int = 60) -> None:
        """Press Tab until the first element of this selector has the focus.

        :raises AssertionError: if it cannot be reached.
        """
        for _ in range(most):
            if self._page.evaluate("s => document.activeElement === document.querySelector(s)", selector):
                return
            self.presses("Tab")
        raise AssertionError(f"{selector} is not reached by {most} × Tab at {self._page.url}")

    def _settles(self, began: float) -> None:
        """Wait until nothing has been under way for a moment."""
        while (now := time.monotonic()) - began < _MOST_SECONDS:
            quiet_since = max(began, self._last_end)
            if not self._open and now - quiet_since > _SETTLED_SECONDS:
                return
            self._page.wait_for_timeout(_LOOK_MS)

    def _begins(self, request: Request) -> None:
        self._open.add(request)
        self._cost.requests += 1

    def _ends(self, request: Request) -> None:
        self._open.discard(request)
        self._last_end = time.monotonic()

    def _navigates(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._cost.page_loads += 1

    def _arrives(self, event: dict[str, Any]) -> None:
        self._cost.bytes += int(event["encodedDataLength"])

"""Waiting out an outage of broker or database."""

import random
import threading

from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.1, 5.0


class Outage:
    """Wait a little longer each time, with jitter and at most 5 s, until it is over or ``stopping`` is set."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self.over()

    def over(self) -> None:
        """Begin with short waits again."""
        self._seconds = _SHORTEST_SECONDS

    def wait(self, event: str, error: BaseException) -> None:
        """Log ``event``, and wait."""
        seconds = self._seconds * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, no secret
        log.warning(event, error=type(error.__cause__ or error).__name__, wait_seconds=round(seconds, 3))
        self._seconds = min(self._seconds * 2, _LONGEST_SECONDS)
        self._stopping.wait(seconds)

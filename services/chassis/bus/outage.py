"""Waiting out an outage of broker or database."""

import random
import threading

from services.chassis.database import outage_of
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
        cause = error.__cause__ or error
        away = outage_of(cause)
        reason = {"reason": away.name} if away else {}
        log.warning(event, error=type(cause).__name__, wait_seconds=round(seconds, 3), **reason)
        self._seconds = min(self._seconds * 2, _LONGEST_SECONDS)
        self._stopping.wait(seconds)

"""Periodic housekeeping on a thread. A failure is logged and never ends the process."""

import random
import threading
from collections.abc import Callable

from services.chassis.observe.logs import get_logger

log = get_logger(__name__)


class Periodic:
    """Call ``action`` about every ``every_seconds``, with jitter, so that processes do not act at once; pass an event that is set on stop.

    :param name: its name in logs.
    """

    def __init__(self, name: str, action: Callable[[threading.Event], object], *, every_seconds: float) -> None:
        self._name = name
        self._action = action
        self._every = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after a part of the interval."""
        self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """Call no more; a call under way is waited for."""
        self._stopping.set()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        wait = self._every * random.uniform(0.1, 1.0)  # noqa: S311  # jitter, no secret
        while not self._stopping.wait(wait):
            try:
                self._action(self._stopping)
            except Exception as error:
                log.warning("housekeeping_failed", part=self._name, exc_info=error)
            wait = self._every * random.uniform(0.9, 1.1)  # noqa: S311  # jitter, no secret

"""Who leaves first: internal facts, and the public feed behind them."""

import math
import time
from typing import Protocol

#: between two batches of internal facts there are moments without any: a break must last so long to count as one
_CALM_SECONDS = 0.1
#: the longest wait for it before each batch of the public feed: under constant load it goes on, a window a second
_LONGEST_SECONDS = 1.0


class Stopping(Protocol):
    """A `threading.Event`, as far as it is needed."""

    def wait(self, seconds: float, /) -> bool:
        """Wait, and return whether to stop."""


class RightOfWay:
    """What the relay's loop has, and the public feed's loop gives. Each may be in a thread of its own."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def take(self) -> None:
        """Internal facts are leaving from now on."""
        self._free_at = math.inf

    def release(self) -> None:
        """They have left."""
        if self._free_at == math.inf:
            self._free_at = time.monotonic() + _CALM_SECONDS

    def give(self, stopping: Stopping) -> None:
        """Wait until no internal facts have left for a moment; a second at most, and not when ``stopping``."""
        until = time.monotonic() + _LONGEST_SECONDS
        while (rest := min(until, self._free_at) - time.monotonic()) > 0:
            # in small steps: the way may be taken again, or be free sooner
            if stopping.wait(min(rest, _CALM_SECONDS)):
                return

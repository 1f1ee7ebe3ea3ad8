"""Citizens without end, and how fast they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import count

from playground.stage import Stage
from tests.faults.dossiers.people import Filing

#: what becomes of a dossier, as they come; none needs an account beforehand
_SORTS = ("portal", "portal", "invalid", "portal", "bare", "unknown", "portal")


def citizens(stage: Stage) -> Iterator[Filing]:
    """Yield somebody who has not filed yet, for ever."""
    for number in count():
        sort = _SORTS[number % len(_SORTS)]
        yield Filing(stage.stranger() if sort == "unknown" else stage.human(), sort)


def steadily(filings: Iterator[Filing], per_second: float, stop: threading.Event) -> Iterator[Filing]:
    """Yield so many a second, until `stop`."""
    due = time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        due = max(due + 1 / per_second, time.monotonic() - 1)
        yield next(filings)

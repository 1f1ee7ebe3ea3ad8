"""The chassis' hop under other conditions, in one session: empty, with a million old rows, pruned meanwhile, in two processes.

Writes .run/bench/variations.json. Each figure is the median of its rounds; the ratios are what counts.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from services.chassis.bus import inbox
from services.chassis.database import Database
from tests.bench.stage import Ground

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_ROWS = 1_000_000


@contextmanager
def _pruned(ground: Ground, prune: bool) -> Iterator[None]:
    """Forget old ids beside the hop, as housekeeping does, for as long as this lasts."""
    if not prune:
        yield
        return
    stopping = threading.Event()
    database = Database(ground.database_url)
    pruning = threading.Thread(
        target=inbox.prune, args=(database,), kwargs={"keep": timedelta(days=30), "stopping": stopping}, daemon=True
    )

    def begin(what: str, _done: int) -> None:
        if what == "hops" and not pruning.is_alive() and not stopping.is_set():
            pruning.start()

    ground_tell.append(begin)
    try:
        yield
    finally:
        ground_tell.remove(begin)
        stopping.set()
        if pruning.is_alive():
            pruning.join(10)
        database.dispose()


ground_tell: list[object] = []

"""Runs sweeps in one process, each on a thread of its own (green in a service's process)."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from services.chassis import clock
from services.chassis.database import Database, outage_of
from services.chassis.jobs.kind import back_off
from services.chassis.observe import logs
from services.chassis.sweeps.guard import Guard
from services.chassis.sweeps.rounds import Rounds, Sweep

_log = logs.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 5.0
_CLOCK_LOOK_SECONDS = 0.5


class SweepRunner:
    """Several processes may run the same sweeps; each row is acted on once."""

    def __init__(self, database: Database, sweeps: Sequence[Sweep], guard: Guard) -> None:
        self._stopping = threading.Event()
        self._rounds = [Rounds(database, sweep, guard, self._stopping) for sweep in sweeps]
        self._wakes = [threading.Event() for _ in sweeps]
        self._threads = [
            threading.Thread(target=self._run, args=pair, name=f"sweep-{pair[0].sweep.name}", daemon=True)
            for pair in zip(self._rounds, self._wakes, strict=True)
        ]

    def start(self) -> None:
        """Begin with a round of each; returns at once. A database that is away is waited for.

        :raises RuntimeError: if it was started before.
        """
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Begin a round of each now."""
        for wake in self._wakes:
            wake.set()

    def round(self) -> None:
        """Do one round of each here and now, on the caller's thread: for commands and tests."""
        for rounds in self._rounds:
            rounds.round()

    @property
    def held(self) -> int:
        """How many rows failed and wait for another try."""
        return sum(len(rounds.held) for rounds in self._rounds)

    def stop(self, timeout: float = 20.0) -> bool:
        """Finish the transactions that are open, begin none. ``False`` if one is still open after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, rounds: Rounds, wake: threading.Event) -> None:
        name, failures = rounds.sweep.name, 0
        while not self._stopping.is_set():
            wake.clear()
            try:
                rounds.round()
            except Exception as error:  # whatever it is, the loop must outlive it
                failures += 1
                if failures == 1:
                    if away := outage_of(error):
                        _log.error("sweep_database_away", kind=name, reason=away.name)
                    else:
                        _log.error("sweep_failed", kind=name, exc_info=error)
                self._stopping.wait(back_off(failures, 0.2, _LONGEST_PAUSE_SECONDS) + 0.05)
                continue
            if failures:
                _log.info("sweep_recovered", kind=name, count=failures)
                failures = 0
            _rest(rounds.sweep.every_seconds, wake)


def _rest(seconds: float, wake: threading.Event) -> None:
    """Wait for the next round: by either clock, whichever comes first, so that moving time wakes the sweep."""
    moved_at = clock.now() + timedelta(seconds=seconds)
    machine_at = time.monotonic() + seconds
    while (left := machine_at - time.monotonic()) > 0 and clock.now() < moved_at:
        if wake.wait(min(left, _CLOCK_LOOK_SECONDS)):
            return

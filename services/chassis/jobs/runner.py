"""The worker: claims due jobs, runs each on a thread of its own (green in a service process), keeps their leases.

One loop thread does all that concerns the database on behalf of running calls; it never makes a call itself, so a slow
provider delays nobody's lease. A round is: extend leases, put back what other workers left behind, claim for free slots.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from services.chassis.database import Database, outage_of
from services.chassis.jobs import lease, store
from services.chassis.jobs.attempt import Attempt
from services.chassis.jobs.kind import JobKind, back_off
from services.chassis.observe import logs, metrics

_log = logs.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 5.0
_GAUGE_EVERY_SECONDS = 15.0


class JobRunner:
    """Runs the jobs of ``kinds`` in one process; any number of processes may.

    :param service: whose metrics count the outcomes.
    :param poll_seconds: how often to look for what became due, or was added by another process. Jobs added by this one
        are seen at once.
    :raises ValueError: if two kinds share a name.
    """

    def __init__(self, database: Database, kinds: Sequence[JobKind], *, service: str, poll_seconds: float = 1.0) -> None:
        self._database = database
        self._kinds = {kind.name: kind for kind in kinds}
        if len(self._kinds) != len(kinds):
            raise ValueError("JobRunner: two kinds share a name")
        self._counted = metrics.of(service)
        self._poll_seconds = poll_seconds
        self._running: set[Attempt] = set()
        self._changed = threading.Condition()  # guards _running; notified when an attempt ends
        self._wake = threading.Event()
        self._stopping = threading.Event()  # begin nothing more
        self._ended = threading.Event()  # wait for nothing more
        self._thread: threading.Thread | None = None
        self._unlisten: Callable[[], None] | None = None
        self._gauge_at = 0.0
        self._look_at = 0.0  # when all kinds are looked at, whatever was said meanwhile
        self._said: set[str] = set()  # kinds of which something may be due; guarded by _changed
        self._more: set[str] = set()  # kinds of which more was due than there were slots
        self._unknown_kinds: set[str] = set()
        self._held: set[tuple[str, str]] = set()  # what a gauge has shown, and goes on to show as 0

    def start(self) -> None:
        """Begin; returns at once. A database that is away is waited for.

        :raises RuntimeError: if it was started before.
        """
        if self._thread is not None:
            raise RuntimeError("JobRunner: started before; make another one")
        self._unlisten = self._database.on_commit(self._added)
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def _added(self, kinds: frozenset[str]) -> None:
        with self._changed:
            self._said |= kinds
        self._wake.set()

    def begin_no_more(self) -> None:
        """Begin no further call; those that run go on. What ``stop`` does first."""
        self._stopping.set()

    def stop(self, timeout: float = 20.0) -> bool:
        """Begin nothing more, wait up to ``timeout`` seconds for running calls.

        ``False`` if some are left: their rows stay leased until the lease runs out, and are then tried again with
        ``may_have_run``. Safe to call twice.
        """
        deadline = time.monotonic() + timeout
        self.begin_no_more()
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        self._wake.set()
        with self._changed:
            # the loop goes on meanwhile: it keeps the leases of what runs
            idle = self._changed.wait_for(lambda: not self._running, timeout)
        self._ended.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(max(0.1, deadline - time.monotonic()))
        if not idle:
            _log.warning("jobs_left_running", count=len(self._running), timeout_seconds=timeout)
        return idle

    def _loop(self) -> None:
        failures = 0
        while not self._ended.is_set():
            self._wake.clear()  # before looking: what is added during the round starts another one
            try:
                self._round()
            except Exception as error:  # whatever it is, the loop must outlive it
                failures += 1
                self._look_at = 0.0  # what was said may be forgotten
                if failures == 1:
                    if away := outage_of(error):
                        _log.error("jobs_database_away", reason=away.name)
                    else:
                        _log.error("jobs_round_failed", exc_info=error)
                # not on _wake: commits elsewhere must not make this spin
                self._ended.wait(back_off(failures, 0.2, _LONGEST_PAUSE_SECONDS) + 0.05)
                continue
            if failures:
                _log.info("jobs_round_recovered", count=failures)
                failures = 0
            self._wake.wait(self._pause_seconds())

    def _pause_seconds(self) -> float:
        with self._changed:
            next_extension = min((a.extend_at for a in self._running), default=float("inf"))
        return min(self._poll_seconds, max(0.01, next_extension - time.monotonic()))

    def _round(self) -> None:
        self._extend()
        if self._stopping.is_set():
            return
        everything = time.monotonic() >= self._look_at
        if everything:
            self._look_at = time.monotonic() + self._poll_seconds
        free = self._free_slots(None if everything else self._said_since())
        # SQLite: look before taking the one write lock of the whole service
        if free and (self._database.is_postgresql or self._anything_to_do(free)):
            self.claim(free, reap=everything)
        if time.monotonic() >= self._gauge_at:
            self._show_waiting()

    def _anything_to_do(self, free: dict[JobKind, int]) -> bool:
        with self._database.read() as session:
            return lease.anything_to_do(session, [kind.name for kind in free])

    def _extend(self) -> None:
        now = time.monotonic()
        with self._changed:
            due = [a for a in self._running if a.extend_at <= now and not a.overdue]
        if not due:
            return
        with self._database.write() as session:
            for kind in {a.kind for a in due}:
                lease.extend(session, [a.held for a in due if a.kind is kind], kind.lease_seconds)
        for attempt in due:
            attempt.extend_at = now + attempt.kind.lease_seconds / 3

    def _said_since(self) -> set[str]:
        with self._changed:
            said, self._said = self._said, set()
            return said

    def _free_slots(self, kinds: set[str] | None) -> dict[JobKind, int]:
        """Slots by kind (of ``kinds``, or of all). A call past its hard limit keeps none, but not more than ``concurrency``
        such may pile up.
        """
        with self._changed:
            alive = Counter(a.kind for a in self._running if not a.overdue)
            total = Counter(a.kind for a in self._running)
        free = {
            kind: min(kind.concurrency - alive[kind], 2 * kind.concurrency - total[kind])
            for kind in self._kinds.values()
            if kinds is None or kind.name in kinds
        }
        self._more |= {kind.name for kind, slots in free.items() if slots <= 0}
        return {kind: slots for kind, slots in free.items() if slots > 0}

    def claim(self, free: dict[JobKind, int], *, reap: bool) -> None:
        """Claim due jobs, so many of each kind as there are free places, and begin them.

        :param reap: whether to take back what workers left whose lease ran out.
        """
        claimed: list[Attempt] = []
        full: set[str] = set()
        with self._database.write() as session:
            left = lease.reap(session) if reap else []
            now = time.monotonic()
            for kind, slots in free.items():
                taken = lease.claim(
                    session, kind.name, limit=slots, lease_seconds=kind.lease_seconds, deadline=now + kind.timeout_seconds
                )
                claimed += [Attempt(kind, job, reason, now + kind.lease_seconds / 3) for job, reason in taken]
                if len(taken) == slots:
                    full.add(kind.name)
        for name, job_id in left:
            _log.warning("job_lease_ran_out", kind=name, job_id=str(job_id))
        with self._changed:
            self._running.update(claimed)
            self._more = (self._more - {kind.name for kind in free}) | full
        for attempt in claimed:
            self._spawn(attempt)

    def _spawn(self, attempt: Attempt) -> None:
        thread = threading.Thread(target=self._run, args=(attempt,), name=f"job-{attempt.kind.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            _log.error("job_thread_refused", kind=attempt.kind.name)
            self._run(attempt, begin=False)

    def _run(self, attempt: Attempt, begin: bool = True) -> None:
        outcome = "left_open"
        try:
            outcome = attempt.run(
                self._database,
                begin=lambda: begin and not self._stopping.is_set(),
                pause=lambda seconds: not self._ended.wait(seconds),
            )
        except Exception as error:
            _log.exception("job_left_open", kind=attempt.kind.name, job_id=str(attempt.job.id), exc_info=error)
        finally:
            self._counted.jobs[attempt.kind.name, outcome].inc()
            with self._changed:
                self._running.discard(attempt)
                self._changed.notify_all()
                if more := begin and attempt.kind.name in self._more:
                    self._said.add(attempt.kind.name)
            if more:
                self._wake.set()  # a slot is free, and something waits for it

    def _show_waiting(self) -> None:
        self._gauge_at = time.monotonic() + _GAUGE_EVERY_SECONDS
        with self._database.read() as session:
            waiting, held = store.waiting(session), store.held(session)
        for name in self._kinds:
            self._counted.jobs_waiting[name].set(waiting.get(name, 0))
        for kind_and_why in self._held | held.keys():
            self._counted.jobs_held[kind_and_why].set(held.get(kind_and_why, 0))
        self._held |= held.keys()
        # a misspelt kind, or one that only another release knows: nobody here would ever run it
        for name in waiting.keys() - self._kinds.keys() - self._unknown_kinds:
            self._unknown_kinds.add(name)
            _log.warning("jobs_of_unknown_kind", kind=name, count=waiting[name])

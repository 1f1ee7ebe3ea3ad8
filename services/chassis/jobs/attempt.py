"""One attempt at one job: the call, and then its row and what follows from it in one transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from sqlalchemy.orm import Session

from services.chassis.database import Database, is_contention, is_gone
from services.chassis.errors import Held, Permanent, Transient
from services.chassis.jobs import lease
from services.chassis.jobs.kind import Job, JobKind, OutcomeUnknown, Reason, back_off, describe, held_seconds
from services.chassis.observe import logs, trace
from services.chassis.observe.cause import Cause, cause

_log = logs.get_logger(__name__)

#: tries of a transaction that met a deadlock or a lock time-out; a database that is away is waited for without end
_CONTENTION_TRIES = 5
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0


@dataclass(eq=False)
class Attempt:
    """A claimed job on its way to a settled row. ``run`` is called once, on a thread of its own."""

    kind: JobKind
    job: Job
    #: why the job was to be given up already when it was claimed
    pending_reason: str | None
    #: on ``time.monotonic()``: when the runner should extend the lease
    extend_at: float = field(default=0.0)

    @property
    def held(self) -> lease.Held:
        """How the row is known as ours."""
        return self.job.id, self.job.token

    @property
    def overdue(self) -> bool:
        """Whether the call has passed its hard limit: its lease may run out."""
        return time.monotonic() >= self.job.deadline

    def run(self, database: Database, *, begin: Callable[[], bool], pause: Callable[[float], bool]) -> str:
        """Make the call and settle the row. Returns the outcome, as the metric names it.

        :param begin: asked just before the call; ``False`` (the runner stops) gives the job back.
        :param pause: waits so many seconds for a database that is away; ``False`` when there is no time left: the row is
            then left as it is, and claimed again when the lease runs out.
        """
        self._database, self._pause = database, pause
        with self._context():
            if not begin():
                return "released" if self._settle(lambda s: lease.release(s, self.job)) else "lease_lost"
            if self.pending_reason is not None or self.job.attempt > self.kind.max_attempts:
                # no call begins, so none is counted
                self.job = replace(self.job, attempt=min(self.job.attempt - 1, self.kind.max_attempts))
                return self._give_up(Reason(self.pending_reason or "worker_lost", self.job.last_error), unknown=False)
            return self._call()

    @contextmanager
    def _context(self) -> Iterator[None]:
        """Everything recorded and logged belongs to what the job was added for."""
        job = self.job
        because = cause.set(Cause(job.correlation_id, job.causation_id))
        try:
            with (
                trace.use(job.traceparent),
                logs.context(kind=job.kind, job_id=str(job.id), correlation_id=job.correlation_id, attempts=job.attempt),
            ):
                yield
        finally:
            cause.reset(because)

    def _call(self) -> str:
        started = time.monotonic()
        try:
            result = self.kind.call(self.job)
        except Permanent as error:
            return self._give_up(Reason("permanent", describe(error), error), unknown=False)
        except Held as error:
            return self._hold(error)
        except Transient as error:
            return self._again_or_give_up(error, unknown=isinstance(error, OutcomeUnknown))
        except Exception as error:
            away = is_gone(error)
            if away:
                # the call looked at our own database, which is away: that is no try of the provider's, and no copy
                self.job = replace(self.job, attempt=self.job.attempt - 1)
            else:
                _log.exception("job_call_failed", exc_info=error)
            return self._again_or_give_up(error, unknown=True, copy=not away)
        seconds = round(time.monotonic() - started, 3)
        try:
            kept = self._settle(
                lambda s: lease.finish(s, self.job, wipe=not self.kind.keep_payload),
                lambda s: self.kind.done(s, self.job, result),
            )
        except Exception as error:
            # the provider has done its part: the next attempt is told so
            _log.exception("job_done_failed", exc_info=error)
            return self._again_or_give_up(error, unknown=True)
        if not kept:
            return "lease_lost"
        _log.info("job_finished", seconds=seconds)
        return "finished"

    def _hold(self, error: Held) -> str:
        """Keep the job for an operator, and let ``held`` record that; if that fails, keep it all the same."""
        seconds, shown = held_seconds(self.job), describe(error)

        def keep(session: Session) -> bool:
            return lease.hold(session, self.job, seconds=seconds, error=shown, code=error.code)

        record = self.kind.held
        try:
            kept = self._settle(keep, (lambda s: record(s, self.job, error)) if record else None)
        except Exception as failure:
            _log.exception("job_held_failed", exc_info=failure)
            kept = self._settle(keep)
        if not kept:
            return "lease_lost"
        _log.error("job_held", reason=error.code, error=shown, delay_seconds=round(seconds, 1))
        return "held"

    def _again_or_give_up(self, error: BaseException, *, unknown: bool, copy: bool | None = None) -> str:
        if self.job.attempt >= self.kind.max_attempts:
            return self._give_up(Reason("tries_used_up", describe(error), error), unknown=unknown)
        delay = self.kind.delay_seconds(self.job.attempt, error)
        shown = describe(error)
        counted = unknown if copy is None else copy
        if not self._settle(
            lambda s: lease.postpone(s, self.job, seconds=delay, error=shown, unknown=unknown, copy=counted)
        ):
            return "lease_lost"
        _log.warning("job_postponed", error=shown, delay_seconds=round(delay, 1))
        return "postponed"

    def _give_up(self, reason: Reason, *, unknown: bool) -> str:
        try:
            kept = self._settle(
                lambda s: lease.give_up(s, self.job, reason, unknown=unknown),
                lambda s: self.kind.given_up(s, self.job, reason),
            )
        except Exception as error:
            # never given up without its facts: the giving up itself is tried again, until the code is mended
            _log.exception("job_given_up_failed", exc_info=error)
            delay = self.kind.delay_seconds(self.job.attempt)
            kept = self._settle(
                lambda s: lease.postpone(s, self.job, seconds=delay, error=reason.error, unknown=unknown, reason=reason.code)
            )
            return "postponed" if kept else "lease_lost"
        if not kept:
            return "lease_lost"
        _log.error("job_given_up", reason=reason.code, error=reason.error)
        return "given_up"

    def _settle(self, mark: Callable[[Session], bool], follow: Callable[[Session], None] | None = None) -> bool:
        """``mark`` the row and let ``follow`` happen in the same transaction; again for as long as the database is away.

        The row goes first: who no longer holds it must not run ``follow``. ``False`` then, and when time is over.
        """
        for tries in count(1):
            try:
                with self._database.write() as session:
                    held = mark(session)
                    if held and follow is not None:
                        follow(session)
                    done = held or (tries > 1 and lease.settled(session, self.job))
            except Exception as error:
                passing = is_gone(error) or (
                    tries < _CONTENTION_TRIES and (is_contention(error) or isinstance(error, Transient))
                )
                if not passing:
                    raise
                if self._pause(back_off(tries, _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)):
                    continue
                _log.warning("job_left_open", error=describe(error))
                return False
            if not done:
                _log.warning("job_lease_lost")
            return done
        raise AssertionError("unreachable")

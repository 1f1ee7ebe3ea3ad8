"""What a kind of job is: the call, what follows from its outcome, and how patient to be.

How a call tells what happened::

    returns                      done(session, job, result)
    Permanent                    given up at once
    Transient                    tried again after a back-off; nothing has happened at the provider
      ├── OutcomeUnknown         … or perhaps it has (no answer came): the next attempt has job.may_have_run
      ├── RetryAfter             … but not before the provider said
      └── Held                   … seldom, and without counting tries, until an operator has helped (`vss jobs held`)
    anything else                as OutcomeUnknown: a bug or a vendor's exception says nothing about the provider's side

A call that is held is never given up by itself: the other side refuses us, or answers what we do not know, so it is nobody's fault
whom the call is about. It is made again a few times an hour at most, since what was wrong may have been mended elsewhere.

An unknown exception is tried again rather than given up, because most of them are a network's (a vendor's own class of
time-out) or a release's (mended before the tries are used up); its place in the code is logged each time.
"""

import math
import random
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.errors import ChassisError, Held, Transient
from services.chassis.observe import logs

#: a provider may ask for patience, but not park a job for ever
LONGEST_RETRY_AFTER_SECONDS = 86_400.0
_FIRST_HELD_SECONDS, _LONGEST_HELD_SECONDS = 120.0, 3600.0
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# not the module-level generator: test tools seed that one, and all processes would come back together
_random = random.Random()  # noqa: S311  # jitter, no secret


class OutcomeUnknown(Transient):
    """The request may have reached the provider: a time-out after sending, a connection lost while waiting."""


class RetryAfter(Transient):
    """The provider is busy and says how long (HTTP ``Retry-After``).

    Any ``Transient`` with an attribute ``after_seconds`` is heeded in the same way.
    """

    def __init__(self, text: str, *, after_seconds: float) -> None:
        self.after_seconds = after_seconds
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One claimed job, as ``call``, ``done`` and ``given_up`` see it."""

    id: uuid.UUID
    kind: str
    key: str | None
    payload: dict[str, Any] = field(repr=False)
    #: this attempt's number, from 1
    attempt: int
    #: an earlier attempt began and its outcome is unknown: ask the provider before sending again
    may_have_run: bool
    added_at: datetime
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    #: class and text of the latest failure
    last_error: str | None
    #: how many attempts ended without anybody knowing whether they took effect: so many copies there may be
    unknown_outcomes: int = 0
    #: since when it is held; None if it is not
    held_at: datetime | None = None
    token: uuid.UUID = field(repr=False)
    #: on ``time.monotonic()``; past it the lease is no longer extended and another worker may start
    deadline: float = field(repr=False)

    def seconds_left(self) -> float:
        """How long this call may still take: an upper bound for the time-outs that it sets. Never below 0."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job is given up."""

    #: ``permanent`` (the call said so), ``tries_used_up``, or ``worker_lost`` (each worker died or hung in the call)
    code: str
    #: class and text of the failure, free of personal data
    error: str | None
    #: what the last call raised, for an adapter's own attributes (a provider's error code); None if it is not at hand
    cause: BaseException | None = None


@dataclass(frozen=True, eq=False)
class JobKind:
    """A kind of call to the outside world.

    :param name: lower_snake_case; what ``add`` is given.
    :param call: makes the call; no database session is open, and it sets its own time-outs.
    :param done: in the transaction that finishes the job; may ``record`` facts. Changes the database and nothing else:
        it is run again if the commit fails.
    :param given_up: likewise, when the tries are used up or ``call`` raised ``Permanent``.
    :param held: likewise, when ``call`` raised ``Held``, each time; what it records is about a call that is still to be made.
    :param max_attempts: attempts begun at most, those that died with their worker counted too.
    :param first_delay_seconds: the longest wait after the first failure; doubled after each further one.
    :param longest_delay_seconds: where the doubling ends.
    :param lease_seconds: how soon after a worker's death another one takes over; extended while a call runs.
    :param timeout_seconds: a call's hard limit: then its lease is no longer extended. Must be above the call's own
        time-outs, or a slow call is made twice.
    :param concurrency: calls at once in one process.
    :param keep_payload: False clears the payload in the transaction that finishes the job (law 5). A job that was given
        up keeps it, for ``retry``.
    :raises ValueError: for numbers that make no sense.
    """

    name: str
    call: Callable[[Job], Any]
    done: Callable[[Session, Job, Any], None]
    given_up: Callable[[Session, Job, Reason], None]
    held: Callable[[Session, Job, Held], None] | None = None
    max_attempts: int = 10
    first_delay_seconds: float = 2.0
    longest_delay_seconds: float = 3600.0
    lease_seconds: float = 30.0
    timeout_seconds: float = 300.0
    concurrency: int = 8
    keep_payload: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"JobKind: a name is lower_snake_case, not {self.name!r}")
        for number in ("max_attempts", "concurrency", "first_delay_seconds", "lease_seconds", "timeout_seconds"):
            if not getattr(self, number) > 0:
                raise ValueError(f"JobKind {self.name}: {number} must be above 0")
        if self.longest_delay_seconds < self.first_delay_seconds:
            raise ValueError(f"JobKind {self.name}: longest_delay_seconds is below first_delay_seconds")

    def delay_seconds(self, attempt: int, error: BaseException | None = None) -> float:
        """How long to wait after attempt number ``attempt`` failed with ``error``."""
        after = getattr(error, "after_seconds", None) if isinstance(error, Transient) else None
        if isinstance(after, (int, float)) and after > 0 and not math.isnan(after):
            # a little more, so that all who were told the same do not come back in the same second
            return min(after, LONGEST_RETRY_AFTER_SECONDS) * _random.uniform(1.0, 1.1)
        return back_off(attempt, self.first_delay_seconds, self.longest_delay_seconds)


def held_seconds(job: Job) -> float:
    """Return how long a held job waits for its next look: as long as it has been held, from two minutes to an hour."""
    so_far = 0.0 if job.held_at is None else (clock.now() - job.held_at).total_seconds()
    return min(max(so_far, _FIRST_HELD_SECONDS), _LONGEST_HELD_SECONDS) * _random.uniform(1.0, 1.1)


def back_off(failures: int, first_seconds: float, longest_seconds: float) -> float:
    """Exponential back-off with full jitter: from 0 to ``first * 2 ** (failures - 1)`` seconds, at most ``longest``.

    Full jitter, because what fails together (a provider that is down) must not come back together.
    """
    ceiling = math.ldexp(first_seconds, min(max(failures, 1), 64) - 1)
    return _random.uniform(0.0, min(ceiling, longest_seconds))


def describe(error: BaseException) -> str:
    """What may be kept of an error: its class, and its text if it is ours (``errors.py``: never personal data)."""
    name = type(error).__qualname__
    if not isinstance(error, ChassisError) or not str(error):
        return name if type(error).__module__ == "builtins" else f"{type(error).__module__}.{name}"
    # masked and cut as in the logs: adapters are written by people
    return str(logs.shown(f"{name}: {error}"))

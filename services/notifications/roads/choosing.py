"""Choose the road of an SMS by the shares, and learn from how its call went."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.jobs import RetryAfter
from services.chassis.observe.logs import get_logger
from services.chassis.verdicts import UNKNOWN_ANSWER
from services.notifications.roads.metrics import ANSWER_SECONDS, ERRORS, REST, SHARE
from services.notifications.roads.tables import Road, RoadError
from services.notifications.sms.port import SmsAccountRefused, SmsUnavailable

log = get_logger(__name__)

#: how long a process goes by the shares that it has read
_READ_EVERY_SECONDS = 1.0
_LONGEST_CODE = 40


class RoadChoice:
    """The roads of the settings, as the senders of this process use them. Safe to use from many threads."""

    def __init__(self, database: Database, names: Sequence[str]) -> None:
        self._db, self._names = database, tuple(names)
        self._lock = threading.Lock()
        self._shares = dict.fromkeys(self._names, 0)
        self._read_at = float("-inf")
        self._busy: Counter[tuple[str, str]] = Counter()
        # not the module's generator: test tools seed that one
        self._random = random.Random()  # noqa: S311  # a choice of road, no secret

    def order(self, kind: str, senders: int) -> list[str]:
        """Return the roads to try for one SMS, the first by the shares; the others only if that one has certainly not taken it.

        :param kind: the kind of job that sends.
        :param senders: how many of these this process has.
        """
        if len(self._names) < 2:
            return list(self._names)
        shares = self._read()
        with self._lock:
            # a road keeps no more of the senders waiting than its share: a slow one leaves the others to the other road
            free = [name for name in self._names if self._busy[kind, name] * 100 < senders * shares[name]]
        choice = free or [name for name in self._names if shares[name] > 0] or list(self._names)
        first = self._random.choices(choice, [max(shares[name], 1) for name in choice])[0]
        return [first, *sorted((name for name in self._names if name != first), key=lambda name: -shares[name])]

    @contextmanager
    def calling(self, kind: str, name: str) -> Iterator[None]:
        """Count a call while it runs, how long it took, and its failure if that is the road's or ours."""
        began = time.monotonic()
        with self._lock:
            self._busy[kind, name] += 1
        try:
            yield
        except Transient as error:
            self._record(name, _code_of(error))
            raise
        else:
            ANSWER_SECONDS.labels(name).observe(time.monotonic() - began)
        finally:
            with self._lock:
                self._busy[kind, name] -= 1

    def _record(self, name: str, code: str) -> None:
        ERRORS.labels(name, code).inc()
        if len(self._names) < 2:
            return
        try:
            with self._db.write() as session:
                session.add(RoadError(at=clock.now(), road=name, code=code))
        except Exception as error:
            # what became of the SMS is more important than the count
            log.warning("sms_road_error_not_counted", exc_info=error)

    def _read(self) -> dict[str, int]:
        now = time.monotonic()
        with self._lock:
            if now - self._read_at < _READ_EVERY_SECONDS:
                return self._shares
            self._read_at = now
        with self._db.read() as session:
            rows = session.execute(sa.select(Road.name, Road.share, Road.rest)).all()
        shares = dict.fromkeys(self._names, 0)
        for row in rows:
            if row.name in shares:
                shares[row.name] = row.share
                SHARE.labels(row.name).set(row.share)
                REST.labels(row.name).set(row.rest)
        with self._lock:
            self._shares = shares
        return shares


def has_not_taken(error: Exception) -> bool:
    """Tell whether a road that failed so has certainly not taken the SMS, as its table says: only then may another one have it."""
    if isinstance(error, SmsAccountRefused):
        return error.code != UNKNOWN_ANSWER
    return isinstance(error, SmsUnavailable | RetryAfter)


def _code_of(error: Exception) -> str:
    code = getattr(error, "code", None)
    if code is not None:
        return str(code)[:_LONGEST_CODE]
    return "busy" if isinstance(error, RetryAfter) else "unreached" if isinstance(error, SmsUnavailable) else "no_answer"

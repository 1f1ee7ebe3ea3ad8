"""Limit how often something may be done, counted in the database so that all processes count together.

::

    class Throttle(Counted, Base):                         # the table; the service's migrations create it
        __tablename__ = "throttles"

    def drafts(settings):
        return Limit(Throttle, "drafts", settings.drafts_per_address_hour, 3600, too_many_drafts)

    drafts(settings).count(session, client_address())      # the last statement of the transaction: its row is locked until the commit

Keys are hashes: neither names nor addresses nor phone numbers are kept. Whom an attempt counts against decides who can shut out whom: a limit
whose key is the victim alone is one that a stranger turns. So an attempt counts against a `Budget`: the asker's own limit for that
victim, and beside it one that all strangers share (decision 48).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import has_app_context
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, sweeps
from services.chassis.database import Instant
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.sweeps import Sweep
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

log = get_logger(__name__)


class Counted:
    """The count of one key within a window of time, as a mixin for a mapped class."""

    key: Mapped[str] = mapped_column(sa.Text(), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(Instant())
    #: the row no longer counts after this
    until: Mapped[datetime] = mapped_column(Instant())


def forgetting(throttles: type[Counted]) -> Sweep:
    """Return the sweep that deletes the counts whose window has ended."""
    return Sweep(
        "forget_throttles",
        lambda now: sa.select(throttles).where(throttles.until <= now),
        lambda session, throttle: session.delete(throttle),
        limit=sweeps.Limit.NONE,  # strangers make the rows: a flood must not make them stay
        every_seconds=3600,
    )


@cache
def _counting(row: Any, dialect: str, *, locks: bool) -> Any:
    """Return the statement that counts one attempt in the table `row`. Made once: making it, and the ORM's way to run it, cost more than the database does."""
    now = sa.bindparam("now", type_=Instant())
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    counted = insert(row).values(key=sa.bindparam("of"), count=1, since=now, until=sa.bindparam("ends", type_=Instant()))
    over, more = row.c.until <= now, row.c.count + 1
    ends: list[tuple[Any, Any]] = [(over, counted.excluded.until)]
    if locks:
        ends.append((more == sa.bindparam("most"), sa.bindparam("unlocked", type_=Instant())))
    return counted.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": sa.case((over, 1), else_=more),
            "since": sa.case((over, counted.excluded.since), else_=row.c.since),
            "until": sa.case(*ends, else_=row.c.until),
        },
    ).returning(row.c.count, row.c.until)


@dataclass(frozen=True)
class Limit:
    """A limit: at most ``most`` attempts in ``seconds``; none at all if ``most`` is 0.

    :param refuse: makes the 429 from the seconds to wait.
    :param lock_seconds: how long a key is refused once it is used up; by default until the window ends.
    """

    throttles: type[Counted]
    name: str
    most: int
    seconds: int
    refuse: Callable[[int], Problem]
    lock_seconds: int | None = None

    def count(self, session: Session, subject: str | None) -> int | None:
        """Count one attempt and return how many are left; none for None, who cannot be told apart from others.

        :raises Problem: 429 if the limit is used up; the rolled back transaction counts nothing.
        """
        if not self.most or subject is None:
            return None
        now = clock.now()
        values = {"of": self._key(subject), "now": now, "ends": now + timedelta(seconds=self.seconds)}
        if self.lock_seconds is not None:
            values |= {"most": self.most, "unlocked": now + timedelta(seconds=self.lock_seconds)}
        dialect = session.get_bind().dialect.name
        statement = _counting(sa.inspect(self.throttles).local_table, dialect, locks=self.lock_seconds is not None)
        so_far, ends_at = session.execute(statement, values).one()
        if so_far > self.most:
            self._refuse(ends_at, now)
        return self.most - int(so_far)

    def counted(self, session: Session, subject: str | None) -> int:
        """Return how many attempts count now."""
        if subject is None:
            return 0
        row = self.throttles
        query = sa.select(row.count).where(row.key == self._key(subject), row.until > clock.now())
        return session.scalar(query) or 0

    def check(self, session: Session, subject: str) -> None:
        """Check that one more attempt would be taken, without counting it.

        :raises Problem: 429 if the limit is used up.
        """
        row, now = self.throttles, clock.now()
        used_up = sa.select(row.until).where(row.key == self._key(subject), row.count >= self.most, row.until > now)
        if self.most and (ends_at := session.scalar(used_up)) is not None:
            self._refuse(ends_at, now)

    def give_back(self, session: Session, subject: str | None) -> None:
        """Take back one counted attempt, because it succeeded."""
        if subject is not None:
            row = self.throttles
            session.execute(sa.update(row).where(row.key == self._key(subject), row.count > 0).values(count=row.count - 1))

    def forget(self, session: Session, subject: str | None) -> None:
        """Reset the count."""
        if subject is not None:
            session.execute(sa.delete(self.throttles).where(self.throttles.key == self._key(subject)))

    def _refuse(self, ends_at: datetime, now: datetime) -> NoReturn:
        retry_after = max(1, -int((now - ends_at).total_seconds() // 1))
        # no account_id: an unknown name is refused in the same way
        if has_app_context():
            metrics.of(resources.service).throttled[self.name].inc()
        log.warning("throttled", kind=self.name, retry_after_seconds=retry_after)
        raise self.refuse(retry_after)

    def _key(self, subject: str) -> str:
        return hashlib.sha256(f"{self.name}\n{subject}".encode()).hexdigest()


@dataclass(frozen=True)
class Budget:
    """The limits that one attempt counts against, each with its subject (None: not counted).

    One that has been used up refuses the attempt, which then counts against none. Name those of one person before those of many: rows stay locked until
    the commit.
    """

    parts: tuple[tuple[Limit, str | None], ...]

    def count(self, session: Session) -> int | None:
        """Count one attempt, and return how many are left until one of the limits locks somebody out; None if none of them does.

        :raises Problem: 429 if one of the limits is used up.
        """
        left = [(limit, limit.count(session, subject)) for limit, subject in self.parts]
        return min((n for limit, n in left if n is not None and limit.lock_seconds is not None), default=None)

    def give_back(self, session: Session) -> None:
        """Take back one counted attempt, because it succeeded."""
        for limit, subject in self.parts:
            limit.give_back(session, subject)


def try_later(retry_after: int, kind: str, *, vi: str, en: str) -> Problem:
    """Return a 429 that says how long to wait, in ``Retry-After`` and where the texts have ``{wait}``."""
    wait_vi, wait_en = in_words(retry_after)
    return Problem(
        429, kind, vi=vi.format(wait=wait_vi), en=en.format(wait=wait_en), headers={"Retry-After": str(retry_after)}
    )


def refusing(kind: str, *, vi: str, en: str) -> Callable[[int], Problem]:
    """Return what a `Limit` refuses with: `try_later` of this kind."""
    return partial(try_later, kind=kind, vi=vi, en=en)


def in_words(seconds: int) -> tuple[str, str]:
    """Return a duration in words (Vietnamese, English), rounded up to a practical unit."""
    if seconds < 60:
        return f"{seconds} giây", f"{seconds} s"
    if seconds < 5400:
        return f"{-(-seconds // 60)} phút", f"{-(-seconds // 60)} min"
    if seconds < 129_600:
        return f"{-(-seconds // 3600)} giờ", f"{-(-seconds // 3600)} h"
    return f"{-(-seconds // 86_400)} ngày", f"{-(-seconds // 86_400)} days"

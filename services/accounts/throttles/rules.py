"""Limit how often something may be tried, counted in the database so that all processes count together.

Keys are hashes: neither user names nor addresses are kept. An unknown name is counted like any other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.schema import Base
from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.web.problem import Problem

log = get_logger(__name__)


class Throttle(Base):
    """The count of one key within a window of time."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
    #: the row no longer counts after this
    until: Mapped[datetime]


@dataclass(frozen=True)
class Limit:
    """A limit: at most ``most`` attempts in ``seconds``.

    :param refuse: makes the 429 from the seconds to wait.
    :param lock_seconds: how long a key is refused once it is used up; by default until the window ends.
    """

    name: str
    most: int
    seconds: int
    refuse: Callable[[int], Problem]
    lock_seconds: int | None = None

    def count(self, session: Session, subject: str) -> None:
        """Count one attempt.

        :raises Problem: 429 if the limit is used up; then nothing is counted.
        """
        now, key = clock.now(), self._key(subject)
        until = now + timedelta(seconds=self.seconds)
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        # an update that changes nothing, rather than no update: it locks the row, so that no sweep deletes it meanwhile
        counted = insert(Throttle).values(key=key, count=0, since=now, until=until)
        counted = counted.on_conflict_do_update(index_elements=["key"], set_={"key": key})
        row = session.scalars(counted.returning(Throttle), execution_options={"populate_existing": True}).one()
        if row.until <= now:
            row.count, row.since, row.until = 0, now, until
        if row.count >= self.most:
            retry_after = max(1, -int((now - row.until).total_seconds() // 1))
            # no account_id: an unknown name is refused in the same way
            log.warning("throttled", kind=self.name, retry_after_seconds=retry_after)
            raise self.refuse(retry_after)
        row.count += 1
        if row.count == self.most and self.lock_seconds is not None:
            row.until = now + timedelta(seconds=self.lock_seconds)

    def give_back(self, session: Session, subject: str) -> None:
        """Take back one counted attempt, because it succeeded."""
        one_less = sa.update(Throttle).where(Throttle.key == self._key(subject), Throttle.count > 0)
        session.execute(one_less.values(count=Throttle.count - 1))

    def forget(self, session: Session, subject: str) -> None:
        """Reset the count."""
        session.execute(sa.delete(Throttle).where(Throttle.key == self._key(subject)))

    def _key(self, subject: str) -> str:
        return hashlib.sha256(f"{self.name}\n{subject}".encode()).hexdigest()

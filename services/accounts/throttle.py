"""How often something may be tried, counted in the database so that all processes count together.

Keys are hashes: neither user names nor addresses are kept. A name that nobody has is counted like any other.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.model import Base
from services.chassis.errors import Permanent


class Throttle(Base):
    """How often one key was taken since when; until when it is refused."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
    #: the row says nothing any more after this
    until: Mapped[datetime]


@dataclass(frozen=True)
class Rule:
    """So many in so many seconds. Once they are used up, the key is refused for ``lock_seconds`` (else till the window ends)."""

    name: str
    most: int
    seconds: int
    lock_seconds: int | None = None


class TooMany(Permanent):
    """Refused for so many seconds more."""

    def __init__(self, rule: Rule, retry_after: int) -> None:
        self.rule, self.retry_after = rule, retry_after
        super().__init__(f"{rule.name}: too many, again in {retry_after} s")


def take(session: Session, rule: Rule, subject: str, now: datetime) -> None:
    """Count one.

    :raises TooMany: if they are used up; nothing is counted then.
    """
    key, fresh = _key(rule, subject), now + timedelta(seconds=rule.seconds)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # an update that changes nothing, rather than nothing: it locks the row, so that no sweep can take it away in between
    counted = insert(Throttle).values(key=key, count=0, since=now, until=fresh)
    counted = counted.on_conflict_do_update(index_elements=["key"], set_={"key": key})
    row = session.scalars(counted.returning(Throttle), execution_options={"populate_existing": True}).one()
    if row.until <= now:
        row.count, row.since, row.until = 0, now, fresh
    if row.count >= rule.most:
        raise TooMany(rule, max(1, -int((now - row.until).total_seconds() // 1)))
    row.count += 1
    if row.count == rule.most and rule.lock_seconds is not None:
        row.until = now + timedelta(seconds=rule.lock_seconds)


def give_back(session: Session, rule: Rule, subject: str) -> None:
    """What was counted turned out well."""
    one_less = sa.update(Throttle).where(Throttle.key == _key(rule, subject), Throttle.count > 0)
    session.execute(one_less.values(count=Throttle.count - 1))


def forget(session: Session, rule: Rule, subject: str) -> None:
    """Begin anew for this key."""
    session.execute(sa.delete(Throttle).where(Throttle.key == _key(rule, subject)))


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _key(rule: Rule, subject: str) -> str:
    return hashlib.sha256(f"{rule.name}\n{subject}".encode()).hexdigest()

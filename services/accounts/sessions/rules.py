"""Sessions: one device at a time (A7), ended by idling, by age, by signing out, or by another device.

Lock the account before changing its session.
"""

import hashlib
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.schema import Base
from services.accounts.sessions.facts import SessionRevoked
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.web import tokens

#: services accept a token a little past its end, since clocks differ
_LEEWAY = timedelta(seconds=60)


class DeviceSession(Base):
    """One device signed in to one account; a unique index allows one open session per account."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    device: Mapped[str]
    started_at: Mapped[datetime]
    #: when its latest token was issued
    used_at: Mapped[datetime]
    #: when its latest token expires
    tokens_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    def is_over(self, settings: Settings) -> bool:
        """Tell whether the session was ended, or has exceeded the idle or total limit."""
        now = clock.now()
        return (
            self.ended_at is not None
            or now - self.used_at >= timedelta(seconds=settings.session_idle_seconds)
            or now - self.started_at >= timedelta(seconds=settings.session_max_seconds)
        )

    def extend(self, settings: Settings) -> datetime:
        """Extend the session for another token and return when that token expires, never later than the session."""
        now = clock.now()
        oldest = self.started_at + timedelta(seconds=settings.session_max_seconds)
        until = min(now + timedelta(seconds=settings.token_seconds), oldest).replace(microsecond=0)
        self.used_at, self.tokens_until = now, max(until, self.tokens_until)
        return until


def hash_device(device_id: str) -> str:
    """Return the hash under which a device's id is stored."""
    return hashlib.sha256(device_id.encode()).hexdigest()


def open_session(account: Account, settings: Settings) -> DeviceSession | None:
    """Return the account's session if it is not over."""
    session = _not_ended(account)
    return None if session is None or session.is_over(settings) else session


def begin_session(account: Account, device: str, *, reason: str) -> DeviceSession:
    """Begin a session; an earlier one ends with this reason."""
    end_session(account, reason=reason)
    now = clock.now()
    begun = DeviceSession(account_id=account.id, device=device, started_at=now, used_at=now, tokens_until=now)
    account.session.add(begun)
    account.session.flush()
    return begun


def end_session(account: Account, *, reason: str) -> None:
    """End the account's session, if any, and tell `SessionRevoked` so that no service accepts its tokens."""
    ended = _not_ended(account)
    if ended is None:
        return
    now = clock.now()
    ended.ended_at, ended.end_reason = now, reason
    account.session.flush()
    until = ended.tokens_until + _LEEWAY
    if until <= now and reason != "takeover":
        return  # idle long enough that its tokens have expired
    tokens.revoke(account.session, str(ended.id), until=until)
    fact = SessionRevoked(
        account_id=str(account.id),
        session_id=str(ended.id),
        reason=reason,
        contact=account.contact,
        account_hint=account.hint,
        revoked_at=now,
        tokens_until=until,
    )
    account.tell(fact)


def _not_ended(account: Account) -> DeviceSession | None:
    query = sa.select(DeviceSession).where(DeviceSession.account_id == account.id, DeviceSession.ended_at.is_(None))
    return account.session.scalar(query)

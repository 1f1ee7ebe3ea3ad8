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

#: the kind of a second factor, and when it was shown
Factor = tuple[str | None, datetime | None]
#: services accept a token a little past its end, since clocks differ
LEEWAY = timedelta(seconds=60)


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
    #: the second factor that was shown (`factors.rules.KINDS`), and when that was; None: a password alone
    factor: Mapped[str | None]
    factor_at: Mapped[datetime | None]
    #: whether a browser keeps its tokens, as a cookie (decision 69)
    browser: Mapped[bool] = mapped_column(default=False)

    def is_over(self, account: Account, settings: Settings) -> bool:
        """Tell whether the session was ended, or has exceeded the idle or total limit."""
        return self.ended_at is not None or clock.now() >= self.over_at(account, settings)

    def over_at(self, account: Account, settings: Settings) -> datetime:
        """Return when the session is over unless it is used again: idle for too long, or too old."""
        idle, longest = _limits(account, settings)
        return min(self.used_at + idle, self.started_at + longest)

    def extend(self, account: Account, settings: Settings) -> datetime:
        """Extend the session for another token and return when that token expires, never later than the session.

        In a citizen's browser it lives as long as the session may idle: a page that is being filled in asks for nothing meanwhile.
        """
        now = clock.now()
        seconds = settings.session_idle_seconds if self.browser and not account.is_staff else settings.token_seconds
        oldest = self.started_at + _limits(account, settings)[1]
        until = min(now + timedelta(seconds=seconds), oldest).replace(microsecond=0)
        self.used_at, self.tokens_until = now, max(until, self.tokens_until)
        return until


def _limits(account: Account, settings: Settings) -> tuple[timedelta, timedelta]:
    """Return how long the account's sessions may idle, and last (of staff: NIST SP 800-63B-4 AAL2)."""
    if account.is_staff:
        return timedelta(seconds=settings.staff_session_idle_seconds), timedelta(seconds=settings.staff_session_max_seconds)
    return timedelta(seconds=settings.session_idle_seconds), timedelta(seconds=settings.session_max_seconds)


def hash_device(device_id: str) -> str:
    """Return the hash under which a device's id is stored."""
    return hashlib.sha256(device_id.encode()).hexdigest()


def open_session(account: Account, settings: Settings) -> DeviceSession | None:
    """Return the account's session if it is not over."""
    session = _not_ended(account)
    return None if session is None or session.is_over(account, settings) else session


def begin_session(
    account: Account, device: str, *, reason: str, factor: Factor | None = None, browser: bool = False
) -> DeviceSession:
    """Begin a session; an earlier one ends with this reason.

    :param factor: the second factor that was shown for it.
    :param browser: a browser keeps its tokens, as a cookie.
    """
    end_session(account, reason=reason)
    now = clock.now()
    kind, shown_at = factor or (None, None)
    times = {"started_at": now, "used_at": now, "tokens_until": now, "factor_at": shown_at}
    begun = DeviceSession(account_id=account.id, device=device, factor=kind, browser=browser, **times)
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
    until = ended.tokens_until + LEEWAY
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

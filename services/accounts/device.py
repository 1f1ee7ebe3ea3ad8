"""Sessions: one device at a time (A7), ended by idling, by age, by signing out, or by another device."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts import events
from services.accounts.model import Account, Base
from services.accounts.settings import Settings
from services.chassis.ids import uuid7
from services.chassis.web import tokens

#: tokens are taken a little past their end, since clocks differ
_LEEWAY = timedelta(seconds=60)


class DeviceSession(Base):
    """One device signed in to one account."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    device: Mapped[str]
    started_at: Mapped[datetime]
    #: when the last token was taken
    used_at: Mapped[datetime]
    #: when its last token ends
    tokens_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (
        sa.Index(
            "sessions_open",
            "account_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    def is_over(self, settings: Settings, now: datetime) -> bool:
        """Ended, or idle or old beyond the limits."""
        return (
            self.ended_at is not None
            or now - self.used_at >= timedelta(seconds=settings.session_idle_seconds)
            or now - self.started_at >= timedelta(seconds=settings.session_max_seconds)
        )

    def use(self, settings: Settings, now: datetime) -> datetime:
        """Take a token; until when it is good. No token outlives its session."""
        oldest = self.started_at + timedelta(seconds=settings.session_max_seconds)
        until = min(now + timedelta(seconds=settings.token_seconds), oldest).replace(microsecond=0)
        self.used_at, self.tokens_until = now, max(until, self.tokens_until)
        return until


def hashed_device(device_id: str) -> str:
    """A device as it is kept: nobody needs its name."""
    return hashlib.sha256(device_id.encode()).hexdigest()


def open_session(session: Session, account: Account, settings: Settings, now: datetime) -> DeviceSession | None:
    """The account's session that still goes on."""
    query = sa.select(DeviceSession).where(DeviceSession.account_id == account.id, DeviceSession.ended_at.is_(None))
    found = session.scalar(query)
    return None if found is None or found.is_over(settings, now) else found


def begin(session: Session, account: Account, device: str, *, reason: str, now: datetime) -> DeviceSession:
    """A new session, in the place of whichever there was, which ends for this reason. The account is locked."""
    end(session, account, reason=reason, now=now)
    begun = DeviceSession(account_id=account.id, device=device, started_at=now, used_at=now, tokens_until=now)
    session.add(begun)
    session.flush()
    return begun


def end(session: Session, account: Account, *, reason: str, now: datetime) -> None:
    """End the account's session, if there is one: no service takes its tokens any more."""
    query = sa.select(DeviceSession).where(DeviceSession.account_id == account.id, DeviceSession.ended_at.is_(None))
    found = session.scalar(query)
    if found is None:
        return
    found.ended_at, found.end_reason = now, reason
    session.flush()
    until = found.tokens_until + _LEEWAY
    if until <= now and reason != "takeover":
        return  # idle long enough: its tokens have ended by themselves
    tokens.revoke(session, str(found.id), until=until)
    fact = events.SessionRevoked(
        account_id=str(account.id),
        session_id=str(found.id),
        reason=reason,
        contact=account.contact,
        revoked_at=now,
        tokens_until=until,
    )
    account.tell(session, fact)

"""One-time codes: six digits by SMS, hashed here, good for one purpose, five minutes and five tries (A5, A7, A8)."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts import events, passwords, problems
from services.accounts.model import Account, Base
from services.accounts.settings import Settings, settings_of
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.resources import Resources
from services.chassis.seal import Sealer

CHANGE, TAKEOVER, RESET = events.OTP_PURPOSES


class Otp(Base):
    """One code, and what it confirms. A row without an account answers for a user name that nobody has (A8)."""

    __tablename__ = "otps"

    #: also the challenge that the caller gets
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("accounts.id"))
    purpose: Mapped[str]
    code_hash: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    #: the session that asked for a change of password
    session_id: Mapped[uuid.UUID | None]
    #: the device that wants to take over
    device: Mapped[str | None]
    new_password_hash: Mapped[str | None]

    __table_args__ = (
        sa.Index(
            "otps_open",
            "account_id",
            "purpose",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        ),
    )


@dataclass(frozen=True)
class Prepared:
    """A code made, hashed and sealed before the transaction that issues it."""

    id: uuid.UUID
    code_hash: str = field(repr=False)
    box: str = field(repr=False)


def prepare(settings: Settings) -> Prepared:
    """Make a code. Costs a hash: not inside a transaction."""
    if settings.seal_public_key is None:
        raise ValueError("SEAL_PUBLIC_KEY is not set")
    id_, code = uuid7(), f"{secrets.randbelow(10**6):06d}"
    box = Sealer(settings.seal_public_key).seal({"code": code}, context=f"otp:{id_}")
    return Prepared(id_, passwords.hashed(code), box)


def issue(
    session: Session,
    prepared: Prepared,
    purpose: str,
    account: Account | None,
    settings: Settings,
    *,
    now: datetime,
    **bound: Any,
) -> Otp:
    """Let a code count, and tell notifications to send it; an earlier one for the same purpose counts no more.

    Without an account the row is kept all the same: whoever asked must not see a difference.
    """
    if account is not None:
        close_open(session, account, now, purpose)
    otp = Otp(
        id=prepared.id,
        account_id=account.id if account else None,
        purpose=purpose,
        code_hash=prepared.code_hash,
        issued_at=now,
        expires_at=now + timedelta(seconds=settings.otp_ttl_seconds),
        **bound,
    )
    session.add(otp)
    session.flush()
    if account is not None:
        fact = events.OtpIssued(
            account_id=str(account.id),
            otp_id=str(otp.id),
            purpose=purpose,
            contact=account.contact,
            sealed_code=prepared.box,
            issued_at=now,
            expires_at=otp.expires_at,
        )
        account.tell(session, fact)
    return otp


def close_open(session: Session, account: Account, now: datetime, *purposes: str) -> None:
    """Codes of these purposes (all, if none is named) count no more."""
    query = sa.update(Otp).where(Otp.account_id == account.id, Otp.closed_at.is_(None))
    if purposes:
        query = query.where(Otp.purpose.in_(purposes))
    session.execute(query.values(closed_at=now, new_password_hash=None))


def confirm(resources: Resources[Settings], challenge: uuid.UUID, purpose: str, code: str, **bound: Any) -> Otp:
    """The code's row if the code is right; ``use`` it in the transaction of what it confirms.

    A try is counted before the code is looked at, so that guesses made at once gain nothing. Not inside a transaction.

    :param bound: what the row must hold besides (session, account).
    :raises Problem: 422, the same for a wrong, used, expired or unknown code.
    """
    settings, now = settings_of(resources), clock.now()
    count = (
        sa.update(Otp)
        .where(Otp.id == challenge, Otp.purpose == purpose, Otp.closed_at.is_(None), Otp.expires_at > now)
        .where(Otp.tries < settings.otp_tries, *(getattr(Otp, name) == value for name, value in bound.items()))
        .values(tries=Otp.tries + 1)
        .returning(Otp)
    )
    with resources.db.write() as session:
        found = session.scalar(count)
    right = passwords.matches(code, found.code_hash if found else None)
    if found is None or not right or found.account_id is None:
        raise problems.otp_refused()
    return found


def use(session: Session, otp: Otp, now: datetime) -> None:
    """Let a confirmed code count no more.

    :raises Problem: 422 if somebody else has used it in this very moment.
    """
    closing = sa.update(Otp).where(Otp.id == otp.id, Otp.closed_at.is_(None)).values(closed_at=now, new_password_hash=None)
    if session.scalar(closing.returning(Otp.id)) is None:
        raise problems.otp_refused()

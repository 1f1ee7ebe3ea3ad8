"""What a member of staff has besides the password (A12): one authenticator app, several passkeys, ten recovery codes.

Lock the account before changing them. Each change is noted in the ledger: a restored backup must not bring a lost phone back.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.factors.facts import changed
from services.accounts.schema import Base
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.recovery import ledger

TOTP, PASSKEY, RECOVERY_CODE, SHEET = KINDS = ("totp", "passkey", "recovery_code", "enrolment_code")
#: factors that make a session AAL2; a sheet only opens the way to one
AAL2_KINDS = (TOTP, PASSKEY, RECOVERY_CODE)
#: what the ledger knows of an account, by its id: its second factors were changed
FACTORS_CHANGED = "factors"


class Totp(Base):
    """An authenticator app: its secret, sealed under SECRETS_KEY, and the last time step whose code was taken (RFC 6238 §5.2)."""

    __tablename__ = "totps"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    sealed: Mapped[str]
    created_at: Mapped[datetime]
    #: None until a first code has shown that the app has the secret
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger())


class Passkey(Base):
    """A WebAuthn credential."""

    __tablename__ = "passkeys"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger())
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code of the current set; `no` is printed before it, so that one hash is compared and not ten."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


def confirmed_totp(session: Session, account_id: uuid.UUID) -> Totp | None:
    """Return the account's authenticator app, if it has one."""
    return session.scalar(sa.select(Totp).where(Totp.account_id == account_id, Totp.confirmed_at.is_not(None)))


def passkeys_of(session: Session, account_id: uuid.UUID) -> list[Passkey]:
    """Return the account's passkeys, oldest first."""
    query = sa.select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.created_at, Passkey.id)
    return list(session.scalars(query))


def codes_left(session: Session, account_id: uuid.UUID) -> int:
    """Return how many recovery codes are unused."""
    unused = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    return session.scalar(unused.where(RecoveryCode.used_at.is_(None))) or 0


def has_any(session: Session, account_id: uuid.UUID) -> bool:
    """Tell whether the account has an authenticator app or a passkey."""
    return confirmed_totp(session, account_id) is not None or bool(passkeys_of(session, account_id))


def kinds_of(session: Session, account_id: uuid.UUID) -> list[str]:
    """Return the kinds of second factor that the account can show."""
    held = [(TOTP, confirmed_totp(session, account_id)), (PASSKEY, passkeys_of(session, account_id))]
    return [kind for kind, one in (*held, (RECOVERY_CODE, codes_left(session, account_id))) if one]


def changed_at(session: Session, account_id: uuid.UUID) -> datetime:
    """Return when the account's factors last gained one, or used a recovery code up, as far as the tables say."""
    moments = (
        sa.select(sa.func.max(Totp.confirmed_at)).where(Totp.account_id == account_id),
        sa.select(sa.func.max(Passkey.created_at)).where(Passkey.account_id == account_id),
        sa.select(sa.func.max(RecoveryCode.used_at)).where(RecoveryCode.account_id == account_id),
    )
    return max(
        (at for query in moments if (at := session.scalar(query)) is not None), default=datetime.min.replace(tzinfo=UTC)
    )


def note_change(account: Account, change: str) -> None:
    """Note in the ledger that the account's factors are others now, and tell its holder what (`facts.CHANGES`)."""
    now = clock.now()
    ledger.note(account.session, FACTORS_CHANGED, str(account.id), at=now)
    account.tell(changed(account, change, now))


def forget_all(session: Session, account_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Remove every factor, but the app or passkey of this id: the others were lost."""
    session.execute(sa.delete(Totp).where(Totp.account_id == account_id, Totp.id != but if but else sa.true()))
    session.execute(sa.delete(Passkey).where(Passkey.account_id == account_id, Passkey.id != but if but else sa.true()))
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))

"""Steps that wait for a second factor: minutes long, a few tries, good once, and of one purpose.

A step is no right: it says only that what comes before the second factor (a password, a code to the phone, a session) was right.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.factors import passkeys
from services.accounts.factors.refusals import ProofRefused
from services.accounts.factors.rules import PASSKEY, SHEET, kinds_of, passkeys_of
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.sheets.rules import in_force
from services.chassis import clock
from services.chassis.ids import uuid7

SIGN_IN, RESET, STEP_UP, NEW_PASSKEY = "sign_in", "reset", "step_up", "new_passkey"
#: of the warning that another device is signed in (A7); no second factor proves it, but a code to the phone
TAKEOVER = "takeover"
#: what the code of a sheet may stand in for a second factor at; it never makes a session fit for changes
SHEETS_FIT = (SIGN_IN, RESET)
_CHALLENGE_BYTES = 32


class PendingStep(Base):
    """One step."""

    __tablename__ = "pending_steps"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    purpose: Mapped[str]
    #: what a passkey signs
    challenge: Mapped[bytes]
    #: who began it (`throttles.sources`)
    asker: Mapped[str]
    #: the device that signs in
    device: Mapped[str | None]
    #: the session that steps up, or enrols
    session_id: Mapped[uuid.UUID | None]
    #: of a reset
    new_password_hash: Mapped[str | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Asked:
    """What the caller is told of a step, in the shape of `schemas.NeededFactor`."""

    step: uuid.UUID
    expires_at: datetime
    factors: tuple[str, ...]
    #: for `navigator.credentials.get`, if there are passkeys
    passkey: dict[str, Any] | None
    another_device: bool = False


def begin(
    account: Account, purpose: str, settings: Settings, *, asker: str, another_device: bool = False, **bound: Any
) -> Asked:
    """Begin a step; an earlier one of the same purpose and asker is void.

    :param bound: further columns: ``device``, ``session_id``, ``new_password_hash``.
    """
    return _asked(account.session, store(account, purpose, settings, asker, bound), settings, another_device)


def find_open(session: Session, step_id: uuid.UUID, purpose: str, settings: Settings) -> Asked | None:
    """Return what a step that still waits asks for; None if it is over."""
    step = session.get(PendingStep, step_id)
    if step is None or step.purpose != purpose or step.closed_at is not None or clock.now() >= step.expires_at:
        return None
    return _asked(session, step, settings)


def begin_passkey(account: Account, settings: Settings, *, session_id: uuid.UUID) -> tuple[PendingStep, dict[str, Any]]:
    """Begin the enrolment of a passkey; return the step and what `navigator.credentials.create` takes."""
    step = store(account, NEW_PASSKEY, settings, f"session:{session_id}", {"session_id": session_id})
    return step, passkeys.creation_options(account, step.challenge, settings)


def count_try(session: Session, step_id: uuid.UUID, purpose: str, settings: Settings, **bound: Any) -> PendingStep:
    """Count a try before anything is compared, so that parallel guesses gain nothing.

    :raises ProofRefused: if there is no such step any more.
    """
    counted = (
        sa.update(PendingStep)
        .where(PendingStep.id == step_id, PendingStep.purpose == purpose, PendingStep.closed_at.is_(None))
        .where(PendingStep.expires_at > clock.now(), PendingStep.tries < settings.otp_tries)
        .where(*(getattr(PendingStep, name) == value for name, value in bound.items()))
        .values(tries=PendingStep.tries + 1)
        .returning(PendingStep)
    )
    step = session.scalar(counted)
    if step is None:
        raise ProofRefused
    return step


def close(session: Session, step: PendingStep) -> str | None:
    """Use the step up, and return the hash of a new password that it kept.

    :raises ProofRefused: if another request has just used it.
    """
    kept = step.new_password_hash
    closing = sa.update(PendingStep).where(PendingStep.id == step.id, PendingStep.closed_at.is_(None))
    closed = session.scalar(closing.values(closed_at=clock.now(), new_password_hash=None).returning(PendingStep.id))
    if closed is None:
        raise ProofRefused
    return kept


def close_all(account: Account) -> None:
    """Void the account's open steps: password or rights are others now."""
    open_ = sa.update(PendingStep).where(PendingStep.account_id == account.id, PendingStep.closed_at.is_(None))
    account.session.execute(open_.values(closed_at=clock.now(), new_password_hash=None))


def _asked(session: Session, step: PendingStep, settings: Settings, another_device: bool = False) -> Asked:
    kinds = kinds_of(session, step.account_id)
    if step.purpose in SHEETS_FIT and in_force(session, step.account_id) is not None:
        kinds.append(SHEET)
    held = passkeys_of(session, step.account_id)
    options = passkeys.request_options(held, step.challenge, settings) if PASSKEY in kinds else None
    return Asked(step.id, step.expires_at, tuple(kinds), options, another_device)


def store(account: Account, purpose: str, settings: Settings, asker: str, bound: dict[str, Any]) -> PendingStep:
    """Begin a step of any purpose; an earlier one of the same purpose and asker is void."""
    now, session = clock.now(), account.session
    earlier = sa.update(PendingStep).where(PendingStep.account_id == account.id, PendingStep.purpose == purpose)
    earlier = earlier.where(PendingStep.asker == asker, PendingStep.closed_at.is_(None))
    session.execute(earlier.values(closed_at=now, new_password_hash=None))
    step = PendingStep(
        account_id=account.id,
        purpose=purpose,
        challenge=secrets.token_bytes(_CHALLENGE_BYTES),
        asker=asker,
        issued_at=now,
        expires_at=now + timedelta(seconds=settings.second_factor_step_seconds),
        tries=0,
        **bound,
    )
    session.add(step)
    session.flush()
    return step

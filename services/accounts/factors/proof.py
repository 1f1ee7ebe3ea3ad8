"""Check a second factor against a step, and do what the step was for, in one transaction."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import lock_active
from services.accounts.accounts.rules import Account
from services.accounts.factors import passkeys, recovery_codes, totp
from services.accounts.factors.refusals import ProofRefused
from services.accounts.factors.rules import PASSKEY, RECOVERY_CODE, SHEET, TOTP, RecoveryCode
from services.accounts.factors.steps import SHEETS_FIT, PendingStep, close, count_try
from services.accounts.passwords import hashing
from services.accounts.settings import Settings
from services.accounts.sheets.rules import as_typed, in_force
from services.accounts.sign_ins.rules import FACTOR_REFUSED, record_sign_in
from services.accounts.throttles import limits, sources
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources

log = get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Proof:
    """What the caller shows: one kind, and its value (a text; of a passkey the browser's answer)."""

    kind: str
    value: Any = field(repr=False)


@dataclass(frozen=True)
class Proved:
    """A step that was proved, with the account locked; what follows happens in the same transaction."""

    account: Account
    step: PendingStep
    kind: str
    new_password_hash: str | None = field(repr=False)


def prove(
    resources: Resources[Settings], step_id: uuid.UUID, purpose: str, proof: Proof, then: Callable[[Proved], T], **bound: Any
) -> T:
    """Use the step up if the proof is right, and return what ``then`` makes of it. Never inside a transaction.

    :param bound: further columns of the step that must match (``session_id``).
    :raises ProofRefused: if the proof is wrong or used, or the step over; ``Problem`` 429 after too many tries.
    """
    settings = resources.settings
    with resources.db.write() as session:
        step = count_try(session, step_id, purpose, settings, **bound)
        stored = _stored(session, step, proof)
        if (account := lock_active(session, step.account_id)) is None:
            raise ProofRefused
        source = sources.of_asker(account, step.asker)
        limits.second_factors(settings, source).count(session)
    # hashed codes are compared between the transactions: it takes 40 ms
    right = stored is None or hashing.matches(stored.typed, stored.hash_)
    with resources.db.write() as session:
        account = lock_active(session, step.account_id)
        if account is not None and right and _verify(account, step, proof, stored, settings):
            kept = close(session, step)
            limits.forget_second_factors(settings, session, source)
            return then(Proved(account, step, proof.kind, kept))
        log.info("second_factor_refused", account_id=str(step.account_id), kind=proof.kind)
        record_sign_in(session, account, FACTOR_REFUSED, source, settings, network=None, device=step.device)
    raise ProofRefused


@dataclass(frozen=True)
class _Stored:
    """A code that is kept as a hash, beside what was typed; no hash if there is none in force."""

    typed: str = field(repr=False)
    hash_: str | None = field(repr=False)
    number: int = 0


def _stored(session: Session, step: PendingStep, proof: Proof) -> _Stored | None:
    """Return what has to be compared outside a transaction; None for kinds that are not kept as a hash."""
    if proof.kind == RECOVERY_CODE:
        number, secret = recovery_codes.parts(proof.value)
        held = session.get(RecoveryCode, (step.account_id, number))
        return _Stored(secret, held.code_hash if held is not None and held.used_at is None else None, number)
    if proof.kind == SHEET:
        sheet = in_force(session, step.account_id) if step.purpose in SHEETS_FIT else None
        return _Stored(as_typed(proof.value), sheet.code_hash if sheet else None)
    return None


def _verify(account: Account, step: PendingStep, proof: Proof, stored: _Stored | None, settings: Settings) -> bool:
    if proof.kind == TOTP:
        return totp.verify(account, proof.value, settings)
    if proof.kind == PASSKEY:
        return passkeys.verify(account, proof.value, step.challenge, settings)
    if stored is not None and proof.kind == RECOVERY_CODE:
        return recovery_codes.use(account, stored.number)
    # the sheet must still be the one that was compared
    sheet = in_force(account.session, account.id)
    return stored is not None and sheet is not None and sheet.code_hash == stored.hash_

"""Enrol second factors, list and remove them, and show one again (step-up).

Who may enrol: whoever has shown a factor a short while ago, or a sheet; and, until `STAFF_SECOND_FACTOR_FROM`, staff who have none.
Somebody who has no more than the password may not.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.accounts.rules import Account
from services.accounts.factors import passkeys, recovery_codes, steps, totp
from services.accounts.factors.facts import CODES_RENEWED, FACTOR_REMOVED, PASSKEY_ENROLLED, TOTP_ENROLLED
from services.accounts.factors.proof import Proof, Proved, prove
from services.accounts.factors.recovery_codes import NewCodes
from services.accounts.factors.refusals import LastFactor, ProofRefused, TooManyPasskeys, fresh_factor_needed
from services.accounts.factors.rules import (
    AAL2_KINDS,
    PASSKEY,
    SHEET,
    TOTP,
    Passkey,
    Totp,
    codes_left,
    confirmed_totp,
    forget_all,
    has_any,
    note_change,
    passkeys_of,
)
from services.accounts.sessions.rules import DeviceSession
from services.accounts.sessions.tokens import SignedToken, UnsignedToken, issue_token, require_session
from services.accounts.settings import Settings
from services.accounts.sheets import rules as sheets
from services.accounts.throttles import sources
from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.web.problem import Problem
from services.chassis.web.second_factor import is_required

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Enrolled:
    """What follows an enrolment: the session's next token, and recovery codes if there were none."""

    token: SignedToken
    recovery_codes: tuple[str, ...] | None = field(repr=False)


def list_factors(session: Session, account_id: uuid.UUID) -> dict[str, Any]:
    """Return what the holder has enrolled, in the shape of `schemas.Factors`."""
    app = confirmed_totp(session, account_id)
    left = codes_left(session, account_id)
    return {"totp": app, "passkeys": passkeys_of(session, account_id), "recovery_codes_left": left}


def begin_totp(resources: Resources[Settings], claims: Claims) -> tuple[str, str]:
    """Return a new secret for an authenticator app with its URI; it counts once `confirm_totp` has seen a code of it."""
    with resources.db.write() as session:
        account, _current = _require_enroller(session, claims, resources.settings)
        return totp.begin(account, resources.settings)


def waiting_totp(resources: Resources[Settings], claims: Claims) -> tuple[str, str]:
    """Return the secret of an app that is being enrolled, with its URI; the same until a code has confirmed it."""
    with resources.db.write() as session:
        account, _current = _require_enroller(session, claims, resources.settings)
        return totp.waiting(account, resources.settings)


def confirm_totp(resources: Resources[Settings], claims: Claims, code: str) -> Enrolled:
    """Take the app into use; the one before is void.

    :raises ProofRefused: for a code that is not the app's.
    """
    settings, new = resources.settings, recovery_codes.prepare_codes()
    with resources.db.write() as session:
        account, current = _require_enroller(session, claims, settings)
        app = totp.confirm(account, code, settings)
        if app is None:
            raise ProofRefused
        unsigned, codes = _enrolled(account, current, app, new, settings)
    return Enrolled(unsigned.sign(resources), codes)


def begin_passkey(resources: Resources[Settings], claims: Claims) -> dict[str, Any]:
    """Return the step and the options with which the browser makes a passkey."""
    with resources.db.write() as session:
        account, current = _require_enroller(session, claims, resources.settings)
        if len(passkeys_of(session, account.id)) >= passkeys.MOST:
            raise TooManyPasskeys(passkeys.MOST)
        step, options = steps.begin_passkey(account, resources.settings, session_id=current.id)
        return {"step": step.id, "expires_at": step.expires_at, "passkey": options}


def confirm_passkey(
    resources: Resources[Settings], claims: Claims, step_id: uuid.UUID, name: str, credential: dict[str, Any]
) -> Enrolled:
    """Add the passkey.

    :raises ProofRefused: if the browser's answer proves none, or the step is over.
    """
    settings, new = resources.settings, recovery_codes.prepare_codes()
    session_id = uuid.UUID(claims["sid"])
    with resources.db.write() as session:
        step = steps.count_try(session, step_id, steps.NEW_PASSKEY, settings, session_id=session_id)
    with resources.db.write() as session:
        account, current = _require_enroller(session, claims, settings)
        passkey = passkeys.register(account, name, credential, step.challenge, settings)
        if passkey is None:
            raise ProofRefused
        steps.close(session, step)
        unsigned, codes = _enrolled(account, current, passkey, new, settings)
    return Enrolled(unsigned.sign(resources), codes)


def remove_totp(resources: Resources[Settings], claims: Claims) -> None:
    """Remove the authenticator app, if another factor remains."""
    with resources.db.write() as session:
        account, _current = require_fresh(session, claims, resources.settings)
        app = confirmed_totp(session, account.id)
        _remove(account, app, others=bool(passkeys_of(session, account.id)))


def remove_passkey(resources: Resources[Settings], claims: Claims, passkey_id: uuid.UUID) -> None:
    """Remove one passkey, if another factor remains."""
    with resources.db.write() as session:
        account, _current = require_fresh(session, claims, resources.settings)
        held = passkeys_of(session, account.id)
        found = next((each for each in held if each.id == passkey_id), None)
        _remove(account, found, others=len(held) > 1 or confirmed_totp(session, account.id) is not None)


def renew_codes(resources: Resources[Settings], claims: Claims) -> tuple[str, ...]:
    """Return a new set of recovery codes; the one before is void."""
    new = recovery_codes.prepare_codes()
    with resources.db.write() as session:
        account, _current = require_fresh(session, claims, resources.settings)
        recovery_codes.replace(account, new)
        note_change(account, CODES_RENEWED)
    return new.codes


def begin_step_up(resources: Resources[Settings], claims: Claims) -> steps.Asked:
    """Begin to show a second factor again, in the session in hand."""
    with resources.db.write() as session:
        account, current = require_session(session, claims, resources.settings)
        asker = sources.of_session(account, current.device).asker
        return steps.begin(account, steps.STEP_UP, resources.settings, asker=asker, session_id=current.id)


def step_up(resources: Resources[Settings], claims: Claims, step_id: uuid.UUID, proof: Proof) -> SignedToken:
    """Return another token of the session, which says that a second factor was shown now.

    :raises ProofRefused: for a proof that is not right, or a step that is over.
    """
    settings = resources.settings

    def renew(proved: Proved) -> UnsignedToken:
        account, current = require_session(proved.account.session, claims, settings)
        current.factor, current.factor_at = proved.kind, clock.now()
        return issue_token(account, current, settings)

    session_id = uuid.UUID(claims["sid"])
    return prove(resources, step_id, steps.STEP_UP, proof, renew, session_id=session_id).sign(resources)


def require_fresh(session: Session, claims: Claims, settings: Settings) -> tuple[Account, DeviceSession]:
    """Return the account, locked, and the session of a token, in which a second factor was shown a short while ago.

    :raises Problem: 403 if that is too long ago, 401 if the session is over.
    """
    account, current = require_session(session, claims, settings)
    if not _is_fresh(current, settings):
        raise fresh_factor_needed()
    return account, current


def _require_enroller(session: Session, claims: Claims, settings: Settings) -> tuple[Account, DeviceSession]:
    account, current = require_session(session, claims, settings)
    with_sheet = current.factor == SHEET and sheets.in_force(session, account.id) is not None
    in_time = not is_required(settings) and not has_any(session, account.id)
    if not (with_sheet or in_time or _is_fresh(current, settings)):
        raise fresh_factor_needed()
    return account, current


def _is_fresh(current: DeviceSession, settings: Settings) -> bool:
    if current.factor not in AAL2_KINDS or current.factor_at is None:
        return False
    return clock.now() - current.factor_at < timedelta(seconds=settings.step_up_seconds)


def _enrolled(
    account: Account, current: DeviceSession, made: Totp | Passkey, new: NewCodes, settings: Settings
) -> tuple[UnsignedToken, tuple[str, ...] | None]:
    """End the sheet; what was enrolled before it is lost. Make recovery codes if there are none, and the session AAL2."""
    if current.factor == SHEET:
        forget_all(account.session, account.id, but=made.id)
    sheets.end(account)
    codes = None
    if codes_left(account.session, account.id) == 0:
        recovery_codes.replace(account, new)
        codes = new.codes
    is_app = isinstance(made, Totp)
    note_change(account, TOTP_ENROLLED if is_app else PASSKEY_ENROLLED)
    current.factor, current.factor_at = (TOTP if is_app else PASSKEY), clock.now()
    return issue_token(account, current, settings), codes


def _remove(account: Account, factor: Totp | Passkey | None, *, others: bool) -> None:
    if factor is None:
        raise Problem(404)
    if not others:
        raise LastFactor
    account.session.delete(factor)
    note_change(account, FACTOR_REMOVED)

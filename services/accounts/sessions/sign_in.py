"""Sign in, on one device at a time, and out (A1, A3, A7).

Each step is a short transaction; hashing happens between them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.accounts.accounts.lookup import find, lock_active
from services.accounts.accounts.rules import ACTIVE
from services.accounts.otp import rules as otp
from services.accounts.otp.facts import TAKEOVER
from services.accounts.otp.refusals import OtpRefused
from services.accounts.passwords import hashing
from services.accounts.passwords.generated import as_generated
from services.accounts.sessions.refusals import AnotherDevice, sign_in_refused
from services.accounts.sessions.rules import begin_session, end_session, hash_device, open_session
from services.accounts.sessions.tokens import SignedToken, UnsignedToken, find_session, issue_token
from services.accounts.settings import Settings
from services.accounts.throttles import limits
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources

log = get_logger(__name__)


@dataclass(frozen=True)
class _Attempt:
    """The result of the first transaction: enough to check the password without the database."""

    subject: str
    account_id: uuid.UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    #: whether the password is one that we made
    generated: bool = False


def sign_in(resources: Resources[Settings], name: str, password: str, device_id: str, address: str) -> SignedToken:
    """Sign in with a user name (A1).

    :raises Problem: 401 without saying what was wrong; 429 after too many attempts.
    :raises AnotherDevice: with a challenge, while a second device is signed in.
    """
    device = hash_device(device_id)
    attempt = _count_attempt(resources, name, address)
    typed = as_generated(password) if attempt.generated else password
    if not hashing.matches(typed, attempt.password_hash) or attempt.account_id is None:
        log.info("sign_in_refused")
        raise sign_in_refused()
    entered = _enter(resources, attempt, device, address, None)
    if entered is None:
        # a second device: its code needs a hash, which is made between two transactions
        entered = _enter(resources, attempt, device, address, otp.prepare_code(resources.settings))
    if isinstance(entered, UnsignedToken):
        return entered.sign(resources)
    if entered is None:
        raise sign_in_refused()
    log.info("another_device", account_id=str(attempt.account_id))
    raise AnotherDevice(entered)


def _count_attempt(resources: Resources[Settings], name: str, address: str) -> _Attempt:
    """Count the attempt, and find the account whose password it must match."""
    with resources.db.write() as session:
        account = find(session, name)
        subject = limits.subject_of(account, name)
        limits.wrong_passwords(resources.settings).count(session, subject)
        limits.failures_from_address(resources.settings).count(session, address)
        if account is None or account.status != ACTIVE:
            return _Attempt(subject)
        return _Attempt(subject, account.id, account.password_hash, account.must_change)


def _enter(
    resources: Resources[Settings], attempt: _Attempt, device: str, address: str, code: otp.SealedCode | None
) -> UnsignedToken | otp.Otp | None:
    """Begin a session after a correct password, or send a code if another device is signed in (A7).

    Return None, having changed nothing, if a code is needed and none has been prepared.
    """
    settings = resources.settings
    with resources.db.write() as session:
        account = lock_active(session, attempt.account_id)
        if account is None or account.password_hash != attempt.password_hash:
            raise sign_in_refused()
        present = open_session(account, settings)
        elsewhere = present is not None and present.device != device
        if elsewhere and code is None:
            return None
        limits.wrong_passwords(settings).forget(session, attempt.subject)
        limits.failures_from_address(settings).give_back(session, address)
        if elsewhere and code is not None:
            limits.codes(settings).count(session, str(account.id))
            return otp.issue_code(session, code, TAKEOVER, account, settings, device=device)
        return issue_token(account, begin_session(account, device, reason="signed_out"), settings)


def take_over(resources: Resources[Settings], challenge: uuid.UUID, code: str) -> SignedToken:
    """Continue on the second device; the first is signed out and its holder notified (A7).

    :raises OtpRefused: for a code that is not valid.
    """
    confirmed = otp.confirm_code(resources, challenge, TAKEOVER, code)
    with resources.db.write() as session:
        account = lock_active(session, confirmed.account_id)
        if account is None:
            raise OtpRefused
        otp.use_code(session, confirmed)
        begun = begin_session(account, confirmed.device or "", reason="takeover")
        token = issue_token(account, begun, resources.settings)
    return token.sign(resources)


def sign_out(resources: Resources[Settings], claims: Mapping[str, Any]) -> None:
    """End the token's session; do nothing if it is already over."""
    with resources.db.write() as session:
        if (current := find_session(session, claims, resources.settings)) is not None:
            end_session(current[0], reason="signed_out")

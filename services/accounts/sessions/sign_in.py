"""Sign in, on one device at a time, and out (A1, A3, A7).

Each step is a short transaction; hashing happens between them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.accounts.accounts.lookup import find, lock_active
from services.accounts.accounts.rules import ACTIVE, Account
from services.accounts.factors import sign_in as second
from services.accounts.factors import steps
from services.accounts.factors.refusals import SecondFactorNeeded
from services.accounts.known.recognition import recognise
from services.accounts.known.rules import remember
from services.accounts.otp import rules as otp
from services.accounts.otp.facts import TAKEOVER
from services.accounts.passwords import expiry, hashing
from services.accounts.passwords.generated import as_generated
from services.accounts.sessions.refusals import AnotherDevice, DeviceWarned, first_password_over, sign_in_refused
from services.accounts.sessions.rules import begin_session, end_session, hash_device, open_session
from services.accounts.sessions.tokens import SignedToken, UnsignedToken, find_session, issue_token
from services.accounts.settings import Settings
from services.accounts.sign_ins.rules import FACTOR_ASKED, OTHER_DEVICE, REFUSED, record_sign_in
from services.accounts.throttles import limits
from services.accounts.throttles.sources import Asker, Source
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources

log = get_logger(__name__)

#: shorter ids of devices may be serial numbers that others know, too
_RANDOM_ID = 32


@dataclass(frozen=True)
class _Attempt:
    """The result of the first transaction: enough to check the password without the database."""

    source: Source
    account_id: uuid.UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    #: whether the password is one that we made
    generated: bool = False
    #: how many are left after this one
    left: int | None = None


def sign_in(
    resources: Resources[Settings], name: str, password: str, device_id: str, asker: Asker, *, warn_first: bool = False
) -> SignedToken:
    """Sign in with a user name (A1); device and address are known to the account from then on (A13).

    :raises Problem: 401 without saying what was wrong; 403 for a right first password whose days are over (A2); 429 after too many attempts.
    :raises SecondFactorNeeded: with a step, for staff (A12).
    :raises AnotherDevice: with a challenge, while a second device is signed in; with ``warn_first`` DeviceWarned, before any code is sent.
    """
    device = hash_device(device_id)
    if len(device_id) >= _RANDOM_ID:
        asker = replace(asker, device=device)
    attempt = _count_attempt(resources, name, asker)
    typed = as_generated(password) if attempt.generated else password
    if not hashing.matches(typed, attempt.password_hash) or attempt.account_id is None:
        _record_refusal(resources, attempt, device, asker)
        raise sign_in_refused(attempt.left, resources.settings.lockout_seconds)
    entered = _enter(resources, attempt, device, asker, None, warn_first=warn_first)
    if entered is None:
        # a second device: its code needs a hash, which is made between two transactions
        entered = _enter(resources, attempt, device, asker, otp.prepare_code(resources.settings))
    if isinstance(entered, UnsignedToken):
        return entered.sign(resources)
    if isinstance(entered, steps.Asked):
        raise SecondFactorNeeded(entered)
    if isinstance(entered, DeviceWarned):
        raise entered
    if entered is None:
        raise sign_in_refused()
    log.info("another_device", account_id=str(attempt.account_id))
    raise AnotherDevice(*entered)


def _count_attempt(resources: Resources[Settings], name: str, asker: Asker) -> _Attempt:
    """Count the attempt, and find the account whose password it must match."""
    with resources.db.write() as session:
        account = find(session, name)
        source = recognise(session, account, name, asker, resources.settings)
        left = limits.guesses(resources.settings, source).count(session)
        if account is None or account.status != ACTIVE:
            return _Attempt(source, left=left)
        return _Attempt(source, account.id, account.password_hash, account.must_change, left)


def _record_refusal(resources: Resources[Settings], attempt: _Attempt, device: str, asker: Asker) -> None:
    """Record that the password was wrong; of a name that nobody has with the same work."""
    log.info("sign_in_refused", kind=attempt.source.kind)
    with resources.db.write() as session:
        account = session.get(Account, attempt.account_id or uuid.UUID(int=0))
        record_sign_in(session, account, REFUSED, attempt.source, resources.settings, network=asker.network, device=device)


def _enter(
    resources: Resources[Settings],
    attempt: _Attempt,
    device: str,
    asker: Asker,
    code: otp.SealedCode | None,
    *,
    warn_first: bool = False,
) -> UnsignedToken | steps.Asked | DeviceWarned | tuple[otp.Otp, str] | None:
    """Begin a session after a correct password, ask staff for a second factor (A12), or send a code if another device is signed in (A7).

    Return None, having changed nothing, if a code is needed and none has been prepared.
    """
    settings = resources.settings
    with resources.db.write() as session:
        account = lock_active(session, attempt.account_id)
        if account is None or account.password_hash != attempt.password_hash:
            raise sign_in_refused()
        if account.must_change and expiry.is_over(account.password_set_at, settings.first_password_days):
            raise first_password_over()
        present = open_session(account, settings)
        elsewhere = present is not None and present.device != device
        asked = second.next_step(account, settings, asker=attempt.source.asker, device=device, elsewhere=elsewhere)
        if asked is not None:
            limits.forget_own_guesses(settings, session, attempt.source)
            record_sign_in(session, account, FACTOR_ASKED, attempt.source, settings, network=asker.network, device=device)
            return asked
        if elsewhere and code is None and not warn_first:
            return None
        limits.forget_own_guesses(settings, session, attempt.source)
        if elsewhere and warn_first:
            record_sign_in(session, account, OTHER_DEVICE, attempt.source, settings, network=asker.network, device=device)
            step = steps.store(account, steps.TAKEOVER, settings, attempt.source.asker, {"device": device})
            return DeviceWarned(step, account.phone)
        if elsewhere and code is not None:
            limits.codes(settings, attempt.source).count(session)
            record_sign_in(session, account, OTHER_DEVICE, attempt.source, settings, network=asker.network, device=device)
            sent = otp.issue_code(session, code, TAKEOVER, account, settings, asker=attempt.source.asker, device=device)
            return sent, account.phone
        begun = begin_session(account, device, reason="signed_out", browser=asker.browser)
        token = remember(session, account, device, asker, settings)
        return issue_token(account, begun, settings, device_token=token)


def sign_out(resources: Resources[Settings], claims: Mapping[str, Any]) -> None:
    """End the token's session; do nothing if it is already over."""
    with resources.db.write() as session:
        if (current := find_session(session, claims, resources.settings)) is not None:
            end_session(current[0], reason="signed_out")

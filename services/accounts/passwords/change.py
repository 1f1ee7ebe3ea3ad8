"""Change a password, confirmed by a one-time code (A3, A5).

Each step is a short transaction; hashing happens between them.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from services.accounts.factors.reset import shortest_password
from services.accounts.factors.steps import close_all as close_steps
from services.accounts.known.rules import forget_others, remember_address
from services.accounts.otp.facts import CHANGE
from services.accounts.otp.refusals import OtpRefused
from services.accounts.otp.rules import Otp, close_codes, confirm_code, issue_code, prepare_code, use_code
from services.accounts.passwords import hashing, policy
from services.accounts.passwords.generated import as_generated
from services.accounts.passwords.refusals import rejected_password, wrong_password
from services.accounts.sessions.rules import begin_session
from services.accounts.sessions.tokens import SignedToken, issue_token, require_session
from services.accounts.settings import Settings
from services.accounts.throttles import limits, sources
from services.accounts.throttles.sources import Asker
from services.chassis.resources import Resources


def request_change(resources: Resources[Settings], claims: Mapping[str, Any], current: str, new: str) -> Otp:
    """Check both passwords and send a code; nothing is changed yet (A5).

    :raises Problem: 401 if the session is over, 422 for a wrong or weak password, 429 after too many attempts or codes.
    """
    settings = resources.settings
    with resources.db.write() as session:
        account, device_session = require_session(session, claims, settings)
        # of this device alone: what strangers try is not counted against who is signed in
        source = sources.of_session(account, device_session.device)
        attempts = limits.guesses(settings, source)
        attempts.count(session)
        current_hash, identifiers, shortest = account.password_hash, account.identifiers, shortest_password(account)
        if account.must_change:
            current = as_generated(current)
    if not hashing.matches(current, current_hash):
        raise wrong_password()
    reason = policy.rejection_reason(new, identifiers, shortest=shortest) or (
        policy.SAME if hashing.matches(new, current_hash) else None
    )
    if reason is not None:
        with resources.db.write() as session:
            attempts.give_back(session)
        raise rejected_password(reason)
    code, new_hash = prepare_code(settings), hashing.hash_password(new)
    with resources.db.write() as session:
        account, device_session = require_session(session, claims, settings)
        attempts.give_back(session)
        limits.codes(settings, source).count(session)
        bound = {"session_id": device_session.id, "new_password_hash": new_hash}
        return issue_code(session, code, CHANGE, account, settings, asker=source.asker, **bound)


def confirm_change(
    resources: Resources[Settings], claims: Mapping[str, Any], challenge: uuid.UUID, code: str, asker: Asker
) -> SignedToken:
    """Set the new password if the code is right, and begin a new session with full rights. Other devices are known no more (A13).

    :raises Problem: 401 if the session is over.
    :raises OtpRefused: for a code that is not valid.
    """
    settings = resources.settings
    with resources.db.write() as session:
        _account, device_session = require_session(session, claims, settings)
    confirmed = confirm_code(resources, challenge, CHANGE, code, asker, session_id=device_session.id)
    with resources.db.write() as session:
        account, device_session = require_session(session, claims, settings)
        use_code(session, confirmed, asker, settings)
        if confirmed.new_password_hash is None:
            raise OtpRefused
        account.change_password(confirmed.new_password_hash)
        close_codes(account)
        close_steps(account)
        limits.codes(settings, sources.of_asker(account, confirmed.asker)).give_back(session)
        forget_others(session, account, device=device_session.device)
        remember_address(session, account, asker, settings)
        # a new session on the same device: earlier tokens become invalid
        factor = device_session.factor, device_session.factor_at
        begun = begin_session(
            account, device_session.device, reason="password_changed", factor=factor, browser=device_session.browser
        )
        token = issue_token(account, begun, settings)
    return token.sign(resources)

"""Replace a forgotten password, confirmed by a one-time code (A8), without revealing whether a user name exists."""

import uuid

from services.accounts.accounts.lookup import find, lock, lock_active
from services.accounts.accounts.rules import ACTIVE
from services.accounts.otp.facts import RESET
from services.accounts.otp.refusals import OtpRefused
from services.accounts.otp.rules import Otp, close_codes, confirm_code, issue_code, prepare_code, use_code
from services.accounts.passwords import hashing, policy
from services.accounts.passwords.refusals import rejected_password
from services.accounts.sessions.rules import end_session
from services.accounts.settings import Settings
from services.accounts.throttles import limits
from services.chassis.resources import Resources


def request_reset(resources: Resources[Settings], name: str, address: str) -> Otp:
    """Send a code to the registered phone. An unknown name gets the same response after the same work.

    :raises Problem: 429 after too many resets, for an unknown name as well.
    """
    settings = resources.settings
    code = prepare_code(settings)
    with resources.db.write() as session:
        account = find(session, name)
        if account is not None:
            account = lock(session, account.id)
        for limit in limits.resets(settings):
            limit.count(session, limits.subject_of(account, name))
        limits.failures_from_address(settings).count(session, address)
        if account is not None and account.status != ACTIVE:
            account = None
        return issue_code(session, code, RESET, account, settings)


def confirm_reset(resources: Resources[Settings], challenge: uuid.UUID, code: str, new: str) -> None:
    """Set the new password if the code is right, and end the open session.

    :raises Problem: 422 for a weak password.
    :raises OtpRefused: for a code that is not valid.
    """
    if (reason := policy.rejection_reason(new, ())) is not None:
        raise rejected_password(reason)
    confirmed, new_hash = confirm_code(resources, challenge, RESET, code), hashing.hash_password(new)
    with resources.db.write() as session:
        account = lock_active(session, confirmed.account_id)
        if account is None:
            raise OtpRefused
        if (reason := policy.rejection_reason(new, account.identifiers)) is not None:
            raise rejected_password(reason)  # the code stays valid
        use_code(session, confirmed)
        close_codes(account)
        end_session(account, reason="password_reset")
        account.reset_password(new_hash)
        limits.wrong_passwords(resources.settings).forget(session, limits.subject_of(account))

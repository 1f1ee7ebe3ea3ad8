"""Replace a forgotten password, confirmed by a one-time code (A8), without revealing whether a user name exists.

What counts against the person is a reset that was confirmed. A code that was only asked for counts against who asked.
"""

import uuid

from services.accounts.accounts.lookup import find, lock_active
from services.accounts.accounts.rules import Account
from services.accounts.factors.reset import next_step, shortest_password
from services.accounts.factors.steps import Asked
from services.accounts.known.recognition import recognise
from services.accounts.known.rules import forget_others, remember_address
from services.accounts.otp.facts import RESET
from services.accounts.otp.refusals import OtpRefused
from services.accounts.otp.rules import Otp, close_codes, confirm_code, give_back_try, issue_code, prepare_code, use_code
from services.accounts.passwords import hashing, policy
from services.accounts.passwords.hashing import normalised
from services.accounts.passwords.refusals import rejected_password
from services.accounts.sessions.rules import end_session
from services.accounts.settings import Settings
from services.accounts.throttles import limits, sources
from services.accounts.throttles.sources import DEVICE, Asker
from services.chassis.resources import Resources


def request_reset(resources: Resources[Settings], name: str, asker: Asker) -> Otp:
    """Send a code to the registered phone. An unknown name gets the same response after the same work.

    :raises Problem: 429 after too many codes, for an unknown name as well; after too many resets only on a device that the account knows:
        elsewhere it would say that the account exists. There it comes with the right code.
    """
    settings = resources.settings
    with resources.db.write() as session:  # before the code is made: a request that is refused costs no hash
        account = find(session, name)
        source = recognise(session, account, name, asker, settings)
        if source.kind == DEVICE:
            for limit in limits.resets(settings):
                limit.check(session, source.subject)
        limits.reset_codes(settings, source).count(session)
        account_id = account.id if account else None
    code = prepare_code(settings)
    with resources.db.write() as session:
        account = lock_active(session, account_id)
        return issue_code(session, code, RESET, account, settings, asker=source.asker)


def confirm_reset(resources: Resources[Settings], challenge: uuid.UUID, code: str, new: str, asker: Asker) -> Asked | None:
    """Set the new password if the code is right, and end the open session. Of staff: return the second factor that is asked for first (A12).

    Devices and addresses are known no more (A13), but for those from which it is confirmed: the phone was proved there.

    :raises Problem: 422 for a weak password; 429 after too many resets (A8).
    :raises OtpRefused: for a code that is not valid.
    """
    settings = resources.settings
    if len(normalised(new)) < policy.SHORTEST:
        raise rejected_password(policy.too_short(policy.SHORTEST))
    # whoever has no code makes us neither judge nor hash
    confirmed = confirm_code(resources, challenge, RESET, code, asker)
    with resources.db.read() as session:
        holder = session.get(Account, confirmed.account_id)
        identifiers = holder.identifiers if holder is not None else ()
        shortest = shortest_password(holder) if holder is not None else policy.SHORTEST
    if (reason := policy.rejection_reason(new, identifiers, shortest=shortest)) is not None:
        with resources.db.write() as session:
            give_back_try(session, confirmed)
        raise rejected_password(reason)
    new_hash = hashing.hash_password(new)
    with resources.db.write() as session:
        account = lock_active(session, confirmed.account_id)
        if account is None:
            raise OtpRefused
        source = sources.of_asker(account, confirmed.asker)
        for limit in limits.resets(settings):
            limit.count(session, source.subject)
        limits.reset_codes(settings, source).give_back(session)
        use_code(session, confirmed, asker, settings)
        close_codes(account)
        if (asked := next_step(account, new_hash, settings, asker=source.asker)) is not None:
            return asked
        end_session(account, reason="password_reset")
        account.reset_password(new_hash)
        forget_others(session, account, asker=asker)
        remember_address(session, account, asker, settings)
        limits.forget_guesses(settings, session, recognise(session, account, "", asker, settings))
        return None

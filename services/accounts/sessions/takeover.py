"""Continue on a second device, which signs the first one out (A7): the code is sent once the person, warned, goes on."""

import uuid

from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import lock_active
from services.accounts.factors import steps
from services.accounts.factors.refusals import ProofRefused
from services.accounts.known.rules import remember
from services.accounts.otp import rules as otp
from services.accounts.otp.facts import TAKEOVER
from services.accounts.otp.refusals import OtpRefused
from services.accounts.sessions.refusals import WarningOver
from services.accounts.sessions.rules import begin_session
from services.accounts.sessions.tokens import SignedToken, issue_token
from services.accounts.settings import Settings
from services.accounts.throttles import limits, sources
from services.accounts.throttles.sources import Asker
from services.chassis.resources import Resources


def send_code(resources: Resources[Settings], challenge: uuid.UUID) -> otp.Otp:
    """Send the code to the person who goes on after the warning; a code that was sent before is void.

    :param challenge: of `DeviceWarned`.
    :raises WarningOver: if there is no such warning any more; ``Problem`` 429 after too many codes.
    """
    settings = resources.settings
    with resources.db.write() as session:  # before the code is made: a request that is refused costs no hash
        step = _count_try(resources, session, challenge)
        if (account := lock_active(session, step.account_id)) is None:
            raise WarningOver
        limits.codes(settings, sources.of_asker(account, step.asker)).count(session)
    code = otp.prepare_code(settings)
    with resources.db.write() as session:
        account, step = lock_active(session, step.account_id), session.get_one(steps.PendingStep, challenge)
        if account is None or step.closed_at is not None:
            raise WarningOver
        return otp.issue_code(session, code, TAKEOVER, account, settings, asker=step.asker, device=step.device)


def take_over(resources: Resources[Settings], challenge: uuid.UUID, code: str, asker: Asker) -> SignedToken:
    """Continue on the second device; the first is signed out and its holder notified (A7).

    :raises OtpRefused: for a code that is not valid.
    """
    settings, confirmed = resources.settings, otp.confirm_code(resources, challenge, TAKEOVER, code, asker)
    with resources.db.write() as session:
        account = lock_active(session, confirmed.account_id)
        if account is None:
            raise OtpRefused
        otp.use_code(session, confirmed, asker, settings)
        limits.codes(settings, sources.of_asker(account, confirmed.asker)).give_back(session)
        begun = begin_session(account, confirmed.device or "", reason="takeover", browser=asker.browser)
        kept = remember(session, account, begun.device, asker, settings, taken_over=True)
        token = issue_token(account, begun, settings, device_token=kept)
    return token.sign(resources)


def _count_try(resources: Resources[Settings], session: Session, challenge: uuid.UUID) -> steps.PendingStep:
    try:
        return steps.count_try(session, challenge, steps.TAKEOVER, resources.settings)
    except ProofRefused:
        raise WarningOver from None

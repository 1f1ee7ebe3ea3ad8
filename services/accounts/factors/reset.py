"""The second half of resetting a password of staff: an SMS alone takes nobody over (A8, A12).

Staff who have enrolled show a second factor; who has none yet, or has lost it, shows a sheet that another person has printed.
"""

import uuid

from services.accounts.accounts.rules import Account
from services.accounts.factors import steps
from services.accounts.factors.proof import Proof, Proved, prove
from services.accounts.factors.refusals import ProofRefused
from services.accounts.factors.rules import has_any
from services.accounts.known.recognition import recognise
from services.accounts.known.rules import forget_others, remember_address
from services.accounts.passwords.policy import SHORTEST
from services.accounts.sessions.rules import end_session
from services.accounts.settings import Settings
from services.accounts.throttles import limits
from services.accounts.throttles.sources import Asker
from services.chassis.resources import Resources
from services.chassis.web.second_factor import is_required

#: characters of a password that stands alone until a second factor is enrolled (NIST SP 800-63B-4 §3.1.1.2)
SHORTEST_ALONE = 15


def next_step(account: Account, new_password_hash: str, settings: Settings, *, asker: str) -> steps.Asked | None:
    """Return what must be shown after the code to the phone; None for citizens, and for staff without a factor until `STAFF_SECOND_FACTOR_FROM`."""
    if not account.is_staff or not (is_required(settings) or has_any(account.session, account.id)):
        return None
    return steps.begin(account, steps.RESET, settings, asker=asker, new_password_hash=new_password_hash)


def complete(resources: Resources[Settings], step_id: uuid.UUID, proof: Proof, asker: Asker) -> None:
    """Set the new password after the second factor, and end the open session; other devices are known no more (A13).

    :raises ProofRefused: for a proof that is not right, or a step that is over.
    """
    settings = resources.settings

    def set_password(proved: Proved) -> None:
        account, session = proved.account, proved.account.session
        if proved.new_password_hash is None:
            raise ProofRefused  # only a step of another purpose has none
        end_session(account, reason="password_reset")
        account.reset_password(proved.new_password_hash)
        steps.close_all(account)
        forget_others(session, account, asker=asker)
        remember_address(session, account, asker, settings)
        limits.forget_guesses(settings, session, recognise(session, account, "", asker, settings))

    prove(resources, step_id, steps.RESET, proof, set_password)


def shortest_password(account: Account) -> int:
    """Return the least length of a new password: longer where it stands alone until a second factor is enrolled."""
    alone = account.is_staff and not has_any(account.session, account.id)
    return SHORTEST_ALONE if alone else SHORTEST

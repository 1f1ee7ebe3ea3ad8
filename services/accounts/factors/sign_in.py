"""The second half of signing in as staff: the step after the password (A12), and what its proof begins."""

import uuid

from services.accounts.accounts.rules import Account
from services.accounts.factors import steps
from services.accounts.factors.proof import Proof, Proved, prove
from services.accounts.factors.rules import has_any
from services.accounts.known.rules import remember
from services.accounts.sessions.rules import begin_session, open_session
from services.accounts.sessions.tokens import SignedToken, UnsignedToken, issue_token
from services.accounts.settings import Settings
from services.accounts.throttles.sources import Asker
from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.web.second_factor import is_required


def next_step(account: Account, settings: Settings, *, asker: str, device: str, elsewhere: bool) -> steps.Asked | None:
    """Return what somebody who has given the right password must show next; None for citizens, and for staff without a factor until `STAFF_SECOND_FACTOR_FROM`.

    The second factor stands in for the code of A7, too: it is stronger than an SMS.
    """
    if not account.is_staff or not (is_required(settings) or has_any(account.session, account.id)):
        return None
    return steps.begin(account, steps.SIGN_IN, settings, asker=asker, device=device, another_device=elsewhere)


def complete(resources: Resources[Settings], step_id: uuid.UUID, proof: Proof, asker: Asker) -> SignedToken:
    """Begin a session after the second factor; another device is signed out (A7). A sheet's session can only enrol.

    :raises ProofRefused: for a proof that is not right, or a step that is over.
    """
    settings = resources.settings

    def begin(proved: Proved) -> UnsignedToken:
        account, session, device = proved.account, proved.account.session, proved.step.device or ""
        present = open_session(account, settings)
        taken_over = present is not None and present.device != device
        reason = "takeover" if taken_over else "signed_out"
        begun = begin_session(account, device, reason=reason, factor=(proved.kind, clock.now()), browser=asker.browser)
        kept = remember(session, account, device, asker, settings, taken_over=taken_over)
        return issue_token(account, begun, settings, device_token=kept)

    return prove(resources, step_id, steps.SIGN_IN, proof, begin).sign(resources)

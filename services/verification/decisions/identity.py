"""Hold a dossier whose personal ID is in use under another BHXH code, for an approver of a provincial office (V15).

It ends in one of three ways: rejected as the same person, corrected, or assessed again once the other account has been.
"""

from datetime import datetime

from services.chassis import clock
from services.verification.cases.rules import TOO_LATE, Case
from services.verification.cases.statuses import APPROVED, IDENTITY_IN_USE, WITHDRAWN
from services.verification.decisions.facts import IdentityQuestioned
from services.verification.decisions.refusals import ProvincialOnly
from services.verification.history.rules import first_at
from services.verification.known.accounts import other_holders
from services.verification.officers.rules import Officer

#: `what` of the fact
IN_USE = "identity_in_use"


def is_in_use(case: Case) -> bool:
    """Tell whether approval would give one person two accounts. A `stop` gives none."""
    return case.kind != "stop" and bool(other_holders(case.session, case.subject))


def hold(case: Case) -> None:
    """Hold the case, and tell the person what to do."""
    subject = case.subject or {}
    case.status, case.decided_at = IDENTITY_IN_USE, None
    case.set_clock()
    case.free()
    case.log("identity_in_use")
    case.tell(
        IdentityQuestioned(
            dossier_no=case.dossier_no,
            kind=case.kind,
            route=case.route,
            full_name=subject["full_name"],
            contact=case.contact or {},
            office=case.office,
            what=IN_USE,
            asked_at=clock.now(),
        )
    )


def hold_approved(case: Case, *, decided_at: datetime) -> None:
    """Hold a case whose identity accounts found in use, if this answers its latest decision: two were decided at once.

    One that was taken back while it was being approved ends: only the approval, which is void now, stood in the way (I6).
    """
    if case.status != APPROVED or case.decided_at != decided_at:
        return
    taken_back_at = first_at(case.session, case.dossier_no, WITHDRAWN + TOO_LATE)
    if taken_back_at is None:
        hold(case)
        return
    case.status, case.decided_at = IDENTITY_IN_USE, None
    case.end(WITHDRAWN, taken_back_at)


def must_be_for(case: Case, by: Officer) -> None:
    """Check that this officer may end what is held here.

    :raises ProvincialOnly: for another office's staff.
    """
    if case.status == IDENTITY_IN_USE and not by.is_provincial:
        raise ProvincialOnly

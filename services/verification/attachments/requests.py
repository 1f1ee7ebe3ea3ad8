"""Ask a guardian for missing pictures: nobody comes, so no officer can take them (702 app. 1 step 8; V9, I6).

Each function: guards, one change, one fact.
"""

from services.chassis import clock
from services.verification.attachments.facts import PicturesRequested
from services.verification.attachments.refusals import NothingToAskFor
from services.verification.cases.rules import Case
from services.verification.cases.statuses import OPEN
from services.verification.officers.rules import Officer

#: what a guardian may send; the rest of V3 is the office's own work
_PICTURES = ("portrait", "birth_certificate")


def request_pictures(case: Case, by: Officer, *, lease_seconds: float) -> None:
    """Ask the guardian for the pictures that V3 still requires. Asking again while the ten working days run changes nothing.

    :raises NothingToAskFor: if the person has to come anyway, is here already, or nothing is missing.
    """
    case.must_be(*OPEN)
    case.must_not_be_past_expiry()
    pictures = [kind for kind in case.missing if kind in _PICTURES]
    if case.needs_visit or case.received_at is not None or not pictures:
        raise NothingToAskFor
    case.hold(by, lease_seconds)
    if case.awaited:
        return
    case.awaited = pictures
    case.log("pictures_requested", by, kinds=pictures)
    case.tell(PicturesRequested(dossier_no=case.dossier_no, pictures=pictures, requested_at=clock.now()))

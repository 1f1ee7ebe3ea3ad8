"""Receive a dossier by post, and say whether the letter proves who sent it (I12)."""

from datetime import date, datetime, time, timedelta

from services.chassis import clock
from services.chassis.calendar import VIETNAM, today_in_vietnam
from services.verification.cases.facts import CaseReceived
from services.verification.cases.rules import Case
from services.verification.cases.statuses import IDENTITY_UNPROVED, NEW, OPEN, RECEIVED
from services.verification.directory.port import Answer
from services.verification.letters.facts import VisitRequested
from services.verification.letters.refusals import LetterKnown, NotByPost, PostedWrongly
from services.verification.officers.rules import Officer


def open_letter(
    case: Case, by: Officer, *, posted_on: date, consignment_no: str | None, identity_checked: bool, lease_seconds: float
) -> None:
    """Record that the letter has come: the dossier is received on its posting date, which counts for the ten days (I12).

    :param identity_checked: the postal clerk has checked the sender's identity, and says so on the consignment note.
    :raises NotByPost, LetterKnown: if no letter is expected.
    :raises PostedWrongly: for a posting date outside the ten days.
    :raises PastExpiry: once letters are not waited for any more.
    """
    case.must_be(*OPEN)
    if not case.by_post:
        raise NotByPost
    if case.letter is not None:
        raise LetterKnown
    case.must_not_be_past_expiry()
    case.hold(by, lease_seconds)
    first, last = case.submitted_at.astimezone(VIETNAM).date(), today_in_vietnam()
    if case.expires_at is not None:
        # a period that ends at midnight does not reach into the next day
        last = min(last, (case.expires_at.astimezone(VIETNAM) - timedelta(microseconds=1)).date())
    if not first <= posted_on <= last:
        raise PostedWrongly(first, last)
    case.letter = {
        "posted_on": posted_on.isoformat(),
        "consignment_no": consignment_no,
        "identity_checked": identity_checked,
        "opened_at": clock.now().isoformat(),
        "visit_needed": False,
    }
    case.log("letter_opened", by, posted_on=posted_on.isoformat(), identity_checked=identity_checked)
    case.received_at = max(case.submitted_at, datetime.combine(posted_on, time(), VIETNAM))
    case.received_office_code = by.office_code
    case.status = RECEIVED if case.status == NEW else case.status
    case.take_stock()
    case.tell(CaseReceived(dossier_no=case.dossier_no, office_code=by.office_code, received_at=case.received_at))


def proves_sender(case: Case, answer: Answer) -> bool:
    """Tell whether it is proved who filed: by the postal clerk, by the phone that HGĐ has, or by an ID shown (I12).

    What did not come by post was proved before. The comparison of the phones is kept with HGĐ's answer.
    """
    if not case.by_post:
        return True
    phone_matches = answer.phone is not None and answer.phone == (case.contact or {}).get("phone")
    case.hgd = (case.hgd or {}) | {"phone_matches": phone_matches}
    checked = bool((case.letter or {}).get("identity_checked"))
    return checked or phone_matches or case.id_shown_at is not None


def hold_for_visit(case: Case) -> None:
    """Hold the case until the person has shown their ID at any office, and ask them to come (I12)."""
    case.status = IDENTITY_UNPROVED
    case.letter = (case.letter or {}) | {"visit_needed": True}
    case.log("visit_requested")
    case.take_stock()
    subject = case.subject or {}
    case.tell(
        VisitRequested(
            dossier_no=case.dossier_no, full_name=subject["full_name"], contact=case.contact or {}, requested_at=clock.now()
        )
    )

"""Confirm or correct the phone of a dossier with its person, where no code has proved it (I11)."""

from __future__ import annotations

from services.chassis import clock
from services.verification.cases.facts import PhoneConfirmed
from services.verification.cases.refusals import PhoneUnproved
from services.verification.cases.rules import Case
from services.verification.cases.statuses import OPEN
from services.verification.officers.rules import Officer


def confirm_phone(case: Case, by: Officer, *, phone: str | None, lease_seconds: float) -> None:
    """Record that the person has this phone, or `phone` instead; messages go to it from now on.

    A phone that is corrected stands on the form: what was signed must be signed anew (V3).

    :param phone: in E.164; None if the one on the form is right.
    """
    case.must_be(*OPEN)
    case.must_not_be_past_expiry()
    case.hold(by, lease_seconds)
    contact, now = case.contact or {}, clock.now()
    corrected = phone is not None and phone != contact.get("phone")
    if corrected:
        case.contact = contact | {"phone": phone}
        case.void_signature(now)
    case.phone_proved = True
    case.log("phone_confirmed", by, corrected=corrected)
    case.tell(PhoneConfirmed(dossier_no=case.dossier_no, phone=(case.contact or {})["phone"], confirmed_at=now))


def must_have_proved_phone(case: Case) -> None:
    """Check that a code or an officer has proved the phone: the password goes there.

    :raises PhoneUnproved: otherwise.
    """
    if not case.phone_proved:
        raise PhoneUnproved

"""What feedback holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.similar import PersonKey, person_keys
from services.feedback.forgetting.sweeps import forget
from services.feedback.mailbox.rules import TO_DECIDE, IncomingEmail
from services.feedback.mailbox.rules import forget as forget_email


def _complaints(session: Session, person: Person) -> Sequence[Complaint]:
    keys = person_keys(account_id=None, contact={"phone": person.phone, "email": person.email}, bhxh_code=person.bhxh_code)
    if not keys:
        return []
    numbers = sa.select(PersonKey.complaint_no).where(PersonKey.key.in_(keys))
    return rows_with(session, Complaint, Complaint.complaint_no.in_(numbers))


def _show(complaint: Complaint) -> dict[str, Any]:
    """Show what was written and answered; not how the agency dealt with it among its own."""
    names = ("complaint_no", "status", "received_at", "answered_at", "closed_at", "contact", "bhxh_code", "subject_line")
    more = ("body", "question", "reply", "reopen_reason", "rating", "rating_comment", "attachments")
    return {name: value for name, value in shown(complaint).items() if name in names + more}


def _erase(session: ServiceSession, complaint: Complaint) -> str | None:
    if complaint.closed_at is None:
        return "it is not settled: the province answers for it until it is (3717 §5)"
    forget(session, complaint)
    return None


def _emails(session: Session, person: Person) -> Sequence[IncomingEmail]:
    address = (person.email or "").casefold()
    if not address:
        return []
    return rows_with(session, IncomingEmail, IncomingEmail.sender == address)


def _show_email(email: IncomingEmail) -> dict[str, Any]:
    names = ("taken_at", "sent_at", "sender", "sender_name", "subject_line", "words", "state", "complaint_no")
    return {name: value for name, value in shown(email).items() if name in names}


def _erase_email(session: ServiceSession, email: IncomingEmail) -> str | None:
    if email.state == TO_DECIDE:
        return "nobody has read it yet: it may be a complaint, which the agency must take (F1)"
    forget_email(session, email)
    return None


HOLDINGS = (Holding("complaints", _complaints, _show, _erase), Holding("emails", _emails, _show_email, _erase_email))

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


HOLDINGS = (Holding("complaints", _complaints, _show, _erase),)

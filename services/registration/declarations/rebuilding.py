"""Rebuild declarations that a restored backup knows nothing of, from their cases in verification.

What verification never had is lost: the hash of the tracking code (an office can still look the dossier up).
"""

from __future__ import annotations

import secrets
import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.calendar import calendar_of, day_ending_at
from services.chassis.database import ServiceSession
from services.chassis.errors import OtherPerson
from services.chassis.ids import uuid7
from services.chassis.resources import settings_of
from services.registration.declarations.rules import FORM_PDF, Declaration
from services.registration.form01.jobs import SUBMISSION, make_form
from services.registration.lookup import offices
from services.registration.readers import CaseGivenBack
from services.registration.settings import Settings

#: a case's status, and the declaration's
_STATUS = {
    "new": "submitted",
    "received": "received",
    "checking": "received",
    "name_near": "received",
    "name_differs": "received",
    "birth_differs": "received",
    "identity_in_use": "received",
    "identity_unproved": "received",
    "code_not_found": "code_not_found",
    "approved": "verified",
    "rejected": "rejected",
    "expired": "expired",
    "withdrawn": "withdrawn",
}
_IDENTIFYING = ("bhxh_code", "personal_id", "id_number")


def rebuild(session: ServiceSession, fact: CaseGivenBack) -> None:
    """Add the declaration, or submit the draft that the backup has; one that was submitted stays as it is.

    :raises OtherPerson: if the declaration under this number is somebody else's.
    """
    draft_id = uuid.UUID(fact.draft_id) if fact.draft_id else None
    named = sa.or_(Declaration.dossier_no == fact.dossier_no, Declaration.id == draft_id)
    declaration = session.scalar(sa.select(Declaration).where(named).with_for_update())
    if declaration is not None and not _same_person(declaration, fact):
        raise OtherPerson("dossier number")
    if declaration is not None and declaration.submitted_at is not None:
        if fact.phone_proved and not declaration.phone_proved and fact.contact is not None:
            declaration.confirm_phone(fact.contact["phone"])  # its `phone_confirmed` may be lost for good (I11)
        return
    if declaration is None:
        office = offices.find(session, fact.office["code"])
        declaration = Declaration(
            id=draft_id or uuid7(),
            dossier_no=fact.dossier_no,
            kind=fact.kind,
            route=fact.route,
            channel=fact.channel,
            filing=fact.filing,
            tracking_hash=secrets.token_bytes(32),  # of a code that nobody has
            office=(office or offices.Office(fact.office["code"], fact.office["name"], "")).as_dict(),
            created_at=fact.submitted_at,
            warnings=list(fact.warnings),
            attachments={},
        )
        session.add(declaration)
    _submit(declaration, fact)
    _resume_waiting(session, declaration, fact)
    session.flush()
    if declaration.subject is not None and FORM_PDF not in declaration.attachments:
        make_form(session, declaration.dossier_no, SUBMISSION)


def _submit(declaration: Declaration, fact: CaseGivenBack) -> None:
    """Set what the submission, and officers since, have set."""
    declaration.status, declaration.dossier_no = _STATUS[fact.status], fact.dossier_no
    declaration.submitted_at, declaration.received_at = fact.submitted_at, fact.received_at
    declaration.case_revision = fact.envelope.revision
    declaration.revision = (declaration.revision or 0) + 1
    declaration.subject = _json(fact.subject)
    declaration.contact, declaration.guardian, declaration.parent = fact.contact, fact.guardian, fact.parent
    declaration.phone_proved, declaration.corrected_at = fact.phone_proved, fact.corrected_at
    if fact.subject is not None and fact.particulars is not None:
        said = fact.particulars
        declaration.particulars = {
            "person": said.get("contact_person"),
            "registered_at": said.get("registered_with"),
            "ivan_name": said.get("ivan_name"),
            "start_date": said.get("start_date"),
        }
    declaration.bhxh_code = fact.subject["bhxh_code"] if fact.subject else None
    declaration.guardian_account_id = fact.guardian["account_id"] if fact.guardian else None
    declaration.office_code, declaration.province_code = declaration.office["code"], declaration.office["province_code"]
    declaration.attachments = {**declaration.attachments, **{each["kind"]: each for each in fact.attachments}}
    if declaration.status in ("rejected", "expired", "withdrawn"):
        declaration.ended_at = fact.decided_at or fact.expires_at or fact.submitted_at
    if declaration.status == "rejected":
        declaration.refusal = {"reason_code": fact.reason_code, "reason": fact.reason}


def _resume_waiting(session: ServiceSession, declaration: Declaration, fact: CaseGivenBack) -> None:
    """Set the days as they were told; whether the person has been warned is forgotten, so it may happen twice (I6, I12)."""
    declaration.expires_at, declaration.letters_until = fact.expires_at, fact.letters_until
    if declaration.status == "submitted" and fact.expires_at is not None:
        last_day, by_post = day_ending_at(fact.expires_at), declaration.by_post
        terms = settings_of(session, Settings).terms
        term = terms.ending_on(calendar_of(session), last_day, about=fact.dossier_no, by_post=by_post)
        declaration.last_day, declaration.warn_at, declaration.close_at = last_day, term.warn_at, term.close_at


def _same_person(declaration: Declaration, fact: CaseGivenBack) -> bool:
    own, other = declaration.subject, fact.subject
    if declaration.submitted_at == fact.submitted_at or own is None or other is None:
        return True
    return any(own.get(name) and own[name] == other.get(name) for name in _IDENTIFYING)


def _json(subject: dict[str, Any] | None) -> dict[str, Any] | None:
    if subject is None:
        return None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in subject.items()}

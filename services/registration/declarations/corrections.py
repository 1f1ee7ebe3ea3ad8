"""Follow an officer's correction of the form, and what offices add to the dossier: the PDF is made anew (V3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.registration.attachments.jobs import REPLACED_STAYS, delete_documents
from services.registration.declarations.rules import FORM_PDF, HAS_ACCOUNT, OPEN, Declaration
from services.registration.form01.jobs import CORRECTION, FORM_STAYS, PICTURE, make_form
from services.registration.readers import DeclarationCorrected, DocumentSupplemented, PhoneConfirmed

SIGNED_FORM = "signed_form"


def follow_correction(session: ServiceSession, declaration: Declaration, fact: DeclarationCorrected) -> None:
    """Take over what an officer corrected; the signed form and the PDF of before are void, and the PDF is made anew (V3).

    The registration of a code that has an account has become an `adjust` at the counter, and no longer stands in the way of another (I8, I11).
    An older correction than the one known, or one of an erased declaration, changes nothing.
    """
    if declaration.erased or (declaration.corrected_at is not None and fact.corrected_at <= declaration.corrected_at):
        return
    declaration.subject, declaration.contact, declaration.parent = _with_text(fact.subject), fact.contact, fact.parent
    declaration.particulars = (declaration.particulars or {}) | {"person": fact.contact_person}
    if (declaration.kind, fact.kind) == ("register", "adjust"):
        declaration.kind = "adjust"
        declaration.warnings = [warning for warning in declaration.warnings if warning != HAS_ACCOUNT]
    code = fact.subject["bhxh_code"]
    counts = declaration.kind == "register"
    if code != declaration.bhxh_code and not (counts and _has_open_registration(session, code)):
        declaration.bhxh_code = code  # I8 counts under the right code from now on
    _make_anew(session, declaration, fact.corrected_at)


def follow_phone(session: ServiceSession, declaration: Declaration, fact: PhoneConfirmed) -> None:
    """Adopt the phone that an officer has confirmed with the person (I11); one that was corrected stands on a new form."""
    if declaration.confirm_phone(fact.phone):
        _make_anew(session, declaration, fact.confirmed_at)


def follow_supplement(session: ServiceSession, declaration: Declaration, fact: DocumentSupplemented) -> None:
    """Record a document that an office added; one that the form shows has the PDF made anew."""
    attachment = fact.attachment
    known = (declaration.office_documents or {}).get(attachment["kind"])
    if declaration.erased or (known is not None and known["revision"] >= fact.envelope.revision):
        return
    recorded: dict[str, Any] = {**attachment, "revision": fact.envelope.revision}
    declaration.office_documents = {**(declaration.office_documents or {}), attachment["kind"]: recorded}
    if attachment["kind"] != SIGNED_FORM:
        make_form(session, declaration.dossier_no, PICTURE)


def _make_anew(session: ServiceSession, declaration: Declaration, corrected_at: datetime) -> None:
    """Make the PDF anew; the one of before is void, and so is its signed copy (V3)."""
    declaration.corrected_at = max(corrected_at, declaration.corrected_at or corrected_at)
    kept, by_offices = declaration.attachments, declaration.office_documents or {}
    void = {kind: kept[kind]["document_id"] for kind in (FORM_PDF, SIGNED_FORM) if kind in kept}
    declaration.attachments = {kind: each for kind, each in kept.items() if kind not in void}
    declaration.office_documents = {kind: each for kind, each in by_offices.items() if kind != SIGNED_FORM}
    for kind, document_id in void.items():
        stays = FORM_STAYS if kind == FORM_PDF else REPLACED_STAYS
        delete_documents(session, declaration.dossier_no, [document_id], not_before=clock.now() + stays)
    make_form(session, declaration.dossier_no, CORRECTION)


def _has_open_registration(session: ServiceSession, code: str) -> bool:
    one = sa.exists().where(Declaration.bhxh_code == code, Declaration.kind == "register", Declaration.status.in_(OPEN))
    return bool(session.scalar(sa.select(one)))


def _with_text(subject: dict[str, Any]) -> dict[str, Any]:
    born = subject.get("date_of_birth")
    return subject | {"date_of_birth": born.isoformat() if born else None}

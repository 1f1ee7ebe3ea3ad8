"""Follow an officer's correction of the form, and what offices add to the dossier: the PDF is made anew (V3)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.registration.attachments.jobs import REPLACED_STAYS, delete_documents
from services.registration.declarations.rules import FORM_PDF, OPEN, Declaration
from services.registration.form01.jobs import CORRECTION, FORM_STAYS, PICTURE, make_form
from services.registration.readers import DeclarationCorrected, DocumentSupplemented

SIGNED_FORM = "signed_form"


def follow_correction(session: ServiceSession, declaration: Declaration, fact: DeclarationCorrected) -> None:
    """Take over what an officer corrected; the signed form and the PDF of before are void, and the PDF is made anew (V3).

    An older correction than the one known, or one of an erased declaration, changes nothing.
    """
    if declaration.erased or (declaration.corrected_at is not None and fact.corrected_at <= declaration.corrected_at):
        return
    void = _take_over(declaration, fact)
    declaration.particulars = (declaration.particulars or {}) | {"person": fact.contact_person}
    code = fact.subject["bhxh_code"]
    if code != declaration.bhxh_code and not _has_open_registration(session, code):
        declaration.bhxh_code = code  # I8 counts under the right code from now on
    for kind, document_id in void.items():
        stays = FORM_STAYS if kind == FORM_PDF else REPLACED_STAYS
        delete_documents(session, declaration.dossier_no, [document_id], not_before=clock.now() + stays)
    make_form(session, declaration.dossier_no, CORRECTION)


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


def _take_over(declaration: Declaration, fact: DeclarationCorrected) -> dict[str, str]:
    """Set what the correction says. Return kind and id of the documents that are void with it."""
    declaration.subject, declaration.contact, declaration.parent = _with_text(fact.subject), fact.contact, fact.parent
    declaration.corrected_at = fact.corrected_at
    kept = declaration.attachments
    void = {kind: kept[kind]["document_id"] for kind in (FORM_PDF, SIGNED_FORM) if kind in kept}
    declaration.attachments = {kind: each for kind, each in kept.items() if kind not in void}
    by_offices = declaration.office_documents or {}
    declaration.office_documents = {kind: each for kind, each in by_offices.items() if kind != SIGNED_FORM}
    return void


def _has_open_registration(session: ServiceSession, code: str) -> bool:
    one = sa.exists().where(Declaration.bhxh_code == code, Declaration.kind == "register", Declaration.status.in_(OPEN))
    return bool(session.scalar(sa.select(one)))


def _with_text(subject: dict[str, Any]) -> dict[str, Any]:
    born = subject.get("date_of_birth")
    return subject | {"date_of_birth": born.isoformat() if born else None}

"""Make the PDF of a declaration (I5): collect its data from the row, and draw it in another process."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from services.chassis.calendar import day_in_vietnam, today_in_vietnam
from services.chassis.documents import DocumentFault, DocumentStore
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.observe.logs import get_logger
from services.registration.declarations.rules import FORM_PDF, Declaration
from services.registration.form01.data import FormData, Guardian, Parent, blank

log = get_logger(__name__)


def pdf_of(declaration: Declaration, documents: DocumentStore) -> bytes:
    """Return the PDF, with the portrait if there is one. Call it outside any transaction: drawing takes milliseconds of CPU.

    :raises ValueError: when the person's data have been deleted.
    :raises StoreUnavailable: when the portrait cannot be fetched now.
    """
    made: bytes = run_in_subprocess(
        "services.registration.form01.layout:render", form_data(declaration, _portrait(declaration, documents))
    )
    return made


def blank_pdf() -> bytes:
    """Return the empty form as PDF (I14), drawn once a day in a process: it is the same for everybody."""
    return _blank_pdf(today_in_vietnam())


@lru_cache(maxsize=1)
def _blank_pdf(day: date) -> bytes:
    made: bytes = run_in_subprocess("services.registration.form01.layout:render", blank(day))
    return made


def form_data(declaration: Declaration, portrait: bytes | None = None) -> FormData:
    """Return the data printed on the form.

    :raises ValueError: when the person's data have been deleted.
    """
    subject, contact, office = declaration.subject, declaration.contact, declaration.office
    particulars = declaration.particulars or {}
    if subject is None or contact is None:
        raise ValueError("the data of this declaration have been deleted")
    return FormData(
        dossier_no=declaration.number,
        kind=declaration.kind,
        full_name=subject["full_name"],
        bhxh_code=subject["bhxh_code"],
        personal_id=subject["personal_id"],
        id_type=subject["id_type"],
        id_number=subject["id_number"],
        date_of_birth=_date(subject["date_of_birth"]),
        phone=contact["phone"],
        email=contact["email"],
        address=_address(contact["address"]),
        contact_person=particulars.get("person"),
        registered_with=particulars.get("registered_at") or "portal",
        ivan_name=particulars.get("ivan_name"),
        start_date=_date(particulars.get("start_date")),
        office_name=office["name"],
        office_address=office["address"],
        office_phone=office["phone"],
        filing=declaration.filing,
        day=day_in_vietnam(declaration.submitted_at) if declaration.submitted_at else today_in_vietnam(),
        submitted_at=declaration.submitted_at,
        last_day=declaration.last_day,
        corrected_at=declaration.corrected_at,
        attachments=[kind for kind in declaration.documents if kind != FORM_PDF],
        guardian=_guardian(declaration),
        parent=Parent(**declaration.parent) if declaration.parent else None,
        portrait=portrait,
    )


def _portrait(declaration: Declaration, documents: DocumentStore) -> bytes | None:
    stored = declaration.documents.get("portrait")
    if stored is None:
        return None
    try:
        return documents.get(stored["document_id"], sha256=stored["sha256"])
    except DocumentFault as error:
        # just replaced, or damaged: draw the form without it; the officer can take another picture (V4)
        log.warning("portrait_not_read", dossier_no=declaration.dossier_no, exc_info=error)
        return None


def _guardian(declaration: Declaration) -> Guardian | None:
    if declaration.guardian is None:
        return None
    return Guardian(**{name: declaration.guardian[name] for name in ("full_name", "relationship", "phone", "email")})


def _address(address: dict[str, str | None]) -> str:
    parts = (address.get(name) for name in ("text", "ward_name", "district_name", "province_name"))
    return ", ".join(part for part in parts if part)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

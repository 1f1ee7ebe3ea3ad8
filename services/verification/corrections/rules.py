"""Correct what the form says, before the decision (V3, V7): then a new form is signed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.chassis import clock
from services.verification.cases.rules import Case
from services.verification.cases.statuses import OPEN
from services.verification.corrections.facts import DeclarationCorrected
from services.verification.corrections.refusals import GuardiansContact
from services.verification.decisions import identity
from services.verification.decisions.rules import ask_for_advice
from services.verification.officers.rules import Officer

#: fields of the subject and of the contact data that an officer may correct; `address_text` is the part without codes
SUBJECT = ("full_name", "bhxh_code", "personal_id", "date_of_birth", "id_type", "id_number")
CONTACT = ("phone", "email", "address_text")
#: what HGĐ's answer is about
_ASKED = frozenset(("full_name", "bhxh_code", "date_of_birth"))


def correct(case: Case, by: Officer, changes: Mapping[str, Any], *, lease_seconds: float) -> None:
    """Correct fields of the form. The signed form and the PDF are void; registration makes the PDF anew (V3).

    After HGĐ or another account's identity stood against it (V7, V15), assess the case again to repeat the look-up. What reads as before is no
    correction, and voids nothing.

    :param changes: by the names of `SUBJECT`, `CONTACT`, `parent` and `contact_person`, in the form in which they are stored.
    :raises GuardiansContact: for the phone or e-mail of a guardian, which are those of the guardian's account (I11).
    """
    case.must_be(*OPEN)
    identity.must_be_for(case, by)
    case.must_not_be_past_expiry()
    case.hold(by, lease_seconds)
    if case.guardian is not None and {"phone", "email"} & changes.keys():
        raise GuardiansContact
    now_reads = _as_it_reads(case)
    corrected = {name: value for name, value in changes.items() if now_reads[name] != value}
    if not corrected:
        return
    _put(case, corrected)
    at = clock.now()
    case.warnings = [field for field in case.warnings if field not in corrected]
    case.void_signature(at)
    case.log("corrected", by, fields=list(corrected))
    _tell(case, at)
    if corrected.keys() & _ASKED:
        case.hgd = case.hgd_outcome = case.hgd_at = None  # what it answered was about other data
        ask_for_advice(case)


def _as_it_reads(case: Case) -> dict[str, Any]:
    subject, contact = case.subject or {}, case.contact or {}
    address = contact.get("address") or {}
    return (
        {name: subject.get(name) for name in SUBJECT}
        | {"phone": contact.get("phone"), "email": contact.get("email"), "address_text": address.get("text")}
        | {"parent": case.parent, "contact_person": (case.particulars or {}).get("contact_person")}
    )


def _put(case: Case, corrected: dict[str, Any]) -> None:
    subject, contact = case.subject or {}, case.contact or {}
    case.subject = subject | {name: value for name, value in corrected.items() if name in SUBJECT}
    case.bhxh_code = case.subject["bhxh_code"]
    contact = contact | {name: value for name, value in corrected.items() if name in ("phone", "email")}
    if "address_text" in corrected:
        contact["address"] = (contact.get("address") or {}) | {"text": corrected["address_text"]}
    case.contact = contact
    case.parent = corrected.get("parent", case.parent)
    if "contact_person" in corrected:
        case.particulars = (case.particulars or {}) | {"contact_person": corrected["contact_person"]}


def _tell(case: Case, at: datetime) -> None:
    subject = case.subject or {}
    born = subject.get("date_of_birth")  # JSON has dates as text
    case.tell(
        DeclarationCorrected(
            dossier_no=case.dossier_no,
            subject=subject | {"date_of_birth": date.fromisoformat(born) if born else None},
            contact=case.contact or {},
            parent=case.parent,
            contact_person=(case.particulars or {}).get("contact_person"),
            corrected_at=at,
        )
    )

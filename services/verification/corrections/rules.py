"""Correct what the form says, before the decision (V3, V7): then a new form is signed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.chassis import clock
from services.verification.cases.rules import Case
from services.verification.cases.statuses import OPEN
from services.verification.corrections.facts import DeclarationCorrected
from services.verification.corrections.refusals import GuardiansContact, NoAccountToAdjust, NobodyAtCounter
from services.verification.decisions import identity
from services.verification.decisions.rules import ask_for_advice
from services.verification.decisions.situation import comes_first
from services.verification.known.accounts import open_account_of
from services.verification.officers.rules import Officer

#: fields of the subject and of the contact data that an officer may correct; `address_text` is the part without codes
SUBJECT = ("full_name", "bhxh_code", "personal_id", "date_of_birth", "id_type", "id_number")
CONTACT = ("phone", "email", "address_text")
#: what a registration becomes at the counter when the code has an account (I11)
ADJUST = "adjust"
#: in `warnings`: registration knows an account under the code of this registration (I8)
_HAS_ACCOUNT = "has_account"
#: what HGĐ's answer is about
_ASKED = frozenset(("full_name", "bhxh_code", "date_of_birth"))


def correct(case: Case, by: Officer, changes: Mapping[str, Any], *, lease_seconds: float) -> None:
    """Correct fields of the form. The signed form and the PDF are void; registration makes the PDF anew (V3).

    After HGĐ or another account's identity stood against it (V7, V15), assess the case again to repeat the look-up. What reads as before is no
    correction, and voids nothing.

    :param changes: by the names of `SUBJECT`, `CONTACT`, `parent` and `contact_person`, in the form in which they are stored. `kind`: `ADJUST`,
        for the registration of a code that has an account; its approval then changes that account (I11, V12).
    :raises GuardiansContact: for the phone or e-mail of a guardian, which are those of the guardian's account (I11).
    :raises NobodyAtCounter, NoAccountToAdjust: where a registration cannot become an adjust.
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
    if "kind" in corrected:
        _must_become_adjust(case, corrected.get("bhxh_code", case.bhxh_code))
    _put(case, corrected)
    at = clock.now()
    settled = {*corrected, _HAS_ACCOUNT} if "kind" in corrected else corrected
    case.warnings = [field for field in case.warnings if field not in settled]
    asks_anew = bool(corrected.keys() & _ASKED)
    if asks_anew:
        # what it answered was about other data; gone before the clock is set, which runs again from here (N11)
        case.hgd = case.hgd_outcome = case.hgd_at = None
    case.void_signature(at)
    case.log("corrected", by, fields=list(corrected))
    _tell(case, at)
    if asks_anew:
        ask_for_advice(case)


def _must_become_adjust(case: Case, bhxh_code: str | None) -> None:
    """Check that somebody has come who turns out to have an account (I11).

    :raises NobodyAtCounter: before the person has come, where nobody does, or for a `stop`.
    :raises NoAccountToAdjust: if no open account is known under the code.
    """
    if case.kind != "register" or not case.needs_visit or (comes_first(case) and case.received_at is None):
        raise NobodyAtCounter
    if open_account_of(case.session, bhxh_code) is None:
        raise NoAccountToAdjust


def _as_it_reads(case: Case) -> dict[str, Any]:
    subject, contact = case.subject or {}, case.contact or {}
    address = contact.get("address") or {}
    return (
        {name: subject.get(name) for name in SUBJECT}
        | {"phone": contact.get("phone"), "email": contact.get("email"), "address_text": address.get("text")}
        | {"parent": case.parent, "contact_person": (case.particulars or {}).get("contact_person"), "kind": case.kind}
    )


def _put(case: Case, corrected: dict[str, Any]) -> None:
    subject, contact = case.subject or {}, case.contact or {}
    case.subject = subject | {name: value for name, value in corrected.items() if name in SUBJECT}
    case.bhxh_code = case.subject["bhxh_code"]
    contact = contact | {name: value for name, value in corrected.items() if name in ("phone", "email")}
    if "address_text" in corrected:
        contact["address"] = (contact.get("address") or {}) | {"text": corrected["address_text"]}
    case.contact = contact
    case.parent, case.kind = corrected.get("parent", case.parent), corrected.get("kind", case.kind)
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
            kind=case.kind,
            corrected_at=at,
        )
    )

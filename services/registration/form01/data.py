"""The data printed on Form 01 (I1), and how values are written in Vietnamese."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.calendar import VIETNAM

_ID_NAMES = {"cmnd": "CMND", "cccd": "CCCD", "passport": "Hộ chiếu"}
_RELATIONSHIPS = {"father": "Cha", "mother": "Mẹ", "guardian": "Người giám hộ"}


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who files for a child (702 app. 1). ``relationship``: father, mother, guardian."""

    full_name: str
    relationship: str
    phone: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Who comes to an office with a child, and signs (702 app. 2). ``relationship``: father, mother, guardian."""

    full_name: str
    relationship: str
    phone: str
    id_type: str
    id_number: str


@dataclass(frozen=True, kw_only=True)
class FormData:
    """One declaration, ready to be printed. Codes are the API's, phone numbers are E.164."""

    dossier_no: str | None  # None: still a draft; empty: nobody has filled it in
    kind: str  # register, adjust, stop
    full_name: str
    bhxh_code: str
    phone: str
    address: str  # free text and the units' names, as one line
    office_name: str
    filing: str  # counter, post
    day: date  # whose law it cites: of the submission; of a draft or an empty form, today
    registered_with: str = "portal"  # or ivan
    ivan_name: str | None = None
    personal_id: str | None = None
    id_type: str | None = None  # cmnd, cccd, passport; None for a child without one
    id_number: str | None = None
    date_of_birth: date | None = None
    contact_person: str | None = None
    email: str | None = None
    start_date: date | None = None
    office_address: str = ""
    office_phone: str = ""
    submitted_at: datetime | None = None  # None: still a draft
    last_day: date | None = None
    corrected_at: datetime | None = None  # by an officer: this form replaces all before
    attachments: Collection[str] = ()  # kinds of the documents sent with it
    guardian: Guardian | None = None
    parent: Parent | None = None
    portrait: bytes | None = None  # a picture that `uploads.accept` has accepted

    @property
    def blank(self) -> bool:
        """Tell whether it is to be filled in by hand (I14)."""
        return self.dossier_no == ""


def blank(day: date) -> FormData:
    """Return the form that nobody has filled in (I14), citing the law of a day."""
    return FormData(
        dossier_no="",
        kind="",
        full_name="",
        bhxh_code="",
        phone="",
        address="",
        office_name="",
        filing="",
        day=day,
        registered_with="",
        parent=Parent(full_name="", relationship="", phone="", id_type="", id_number=""),
    )


def id_name(id_type: str | None) -> str:
    """Return the name of a type of ID: CMND, CCCD, Hộ chiếu."""
    return _ID_NAMES.get(id_type or "", "")


def relationship_name(code: str) -> str:
    """Return a guardian's relationship to the child in Vietnamese: Cha, Mẹ, Người giám hộ."""
    return _RELATIONSHIPS.get(code, code)


def national(phone: str) -> str:
    """Return an E.164 number in national format: `+84983847986` → `0983847986`."""
    return "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone


def long_date(day: date) -> str:
    """Return a date in words: `ngày 17 tháng 08 năm 2020`."""
    return f"ngày {day:%d} tháng {day:%m} năm {day:%Y}"


def short_date(day: date) -> str:
    """Return a date in figures: `10/12/2026`."""
    return f"{day:%d/%m/%Y}"


def time_and_date(value: datetime) -> str:
    """Return a moment in Vietnam's time: `09:30 ngày 21/11/2026`."""
    return f"{value.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"

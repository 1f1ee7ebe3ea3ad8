"""Have a first password sent anew to a person whose SMS did not arrive, to the right phone (A2)."""

from __future__ import annotations

from services.chassis import clock
from services.chassis.ids import uuid7
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED
from services.verification.officers.rules import Officer
from services.verification.passwords.facts import PasswordRequested
from services.verification.passwords.refusals import GuardiansPhone, PasswordNotFailed


def request_password(case: Case, by: Officer, *, phone: str | None, lease_seconds: float) -> None:
    """Ask accounts for another first password, which replaces the one that did not arrive.

    :param phone: the right one, in E.164, if that was why; the account has it from then on, and the old one is told (V12).
    :raises PasswordNotFailed: unless its SMS is known not to have arrived.
    :raises GuardiansPhone: for another phone of a child.
    """
    case.must_be(APPROVED)
    case.hold(by, lease_seconds)
    if case.password_failed_at is None:
        raise PasswordNotFailed
    contact, now = case.contact or {}, clock.now()
    corrected = phone is not None and phone != contact.get("phone")
    if corrected and case.guardian is not None:
        raise GuardiansPhone
    if corrected:
        case.contact, case.phone_proved = contact | {"phone": phone}, True
    case.password_failed_at = case.password_failure = case.password_held = None
    case.log("password_requested", by, corrected=corrected)
    new_phone = phone if corrected else None
    case.tell(PasswordRequested(request_id=str(uuid7()), dossier_no=case.dossier_no, phone=new_phone, requested_at=now))
    case.free()

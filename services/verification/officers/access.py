"""Identify the officer who is calling the API."""

from services.chassis.web import auth
from services.chassis.web.problem import Problem
from services.verification.officers.rules import Officer

_LONGEST_OFFICE_CODE = 100


def calling_officer() -> Officer:
    """Return the officer whose token came with the request.

    :raises Problem: 403 for staff without an office: the history could not say which office acted (V13).
    """
    who = auth.principal()
    office = who.claims.get("office")
    if not isinstance(office, str) or not 0 < len(office) <= _LONGEST_OFFICE_CODE:
        raise Problem(
            403,
            "no-office",
            vi="Tài khoản chưa được gắn với cơ quan BHXH nào.",
            en="This account is not assigned to a BHXH office.",
        )
    return Officer(who.id, who.role, office, who.claims.get("province"))

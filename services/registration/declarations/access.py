"""Decide who may see or change a declaration: the holder of its tracking code, the guardian who filed it, and staff.

Staff see every declaration, because any office may finish it (V2). They change only those keyed in at a counter: what a
citizen files is the citizen's to change until an officer receives it; from then on verification is in charge.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from sqlalchemy import bindparam, select

from services.chassis import tracking
from services.chassis.database import ServiceSession
from services.chassis.web import auth, looks
from services.chassis.web.body import typed_header
from services.chassis.web.budgets import WrongCode
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.registration.declarations.numbers import is_dossier_no, is_draft_id
from services.registration.declarations.rules import Declaration

COUNTER_STAFF = ("officer", "approver", "director")
_MAY_SEE = (*COUNTER_STAFF, "support")

#: compared with where there is no declaration
_NOBODYS = bytes(32)

# built once: building them for each request costs more than running them
_FIND = select(Declaration).where(Declaration.dossier_no == bindparam("no"))
_LOCK = _FIND.with_for_update()
_FIND_DRAFT = select(Declaration).where(Declaration.id == bindparam("no"))
_LOCK_DRAFT = _FIND_DRAFT.with_for_update()

PARAMETERS = [
    {
        "in": "path",
        "name": "no",
        "required": True,
        "description": "the dossier number, or the `draft_id` from before there was one",
        "schema": {"type": "string", "example": "261121-000001-6"},
    },
    {
        "in": "header",
        "name": tracking.HEADER,
        "required": False,
        "description": "the tracking code given when the declaration was created; or a token of the guardian or of staff",
        "schema": {"type": "string"},
    },
]


def find(session: ServiceSession, no: str, *, to_change: bool = False) -> Declaration:
    """Return the declaration of that number or draft id, locked if it is to be changed.

    The draft id keeps working after submission: whoever never got the answer finds the number by it.

    :raises Problem: 401 without code or token, 403 for staff who may not, 404 if the caller may see no such declaration.
    """
    if not is_dossier_no(no) and not is_draft_id(no):
        wrong = field_error(
            "no",
            place="path",
            vi="Số hồ sơ có dạng yymmdd-NNNNNN-c và chữ số cuối phải khớp; hãy kiểm tra lại từng chữ số.",
            en="A dossier number has the form yymmdd-NNNNNN-c and its last digit must match; check each digit.",
        )
        raise Problem(
            404, "wrong-dossier-number", vi="Số hồ sơ bị gõ sai.", en="The dossier number is mistyped.", errors=[wrong]
        )
    if auth.caller() is None and tracking.HEADER not in request.headers:
        raise Problem(
            401,
            vi=f"Hãy gửi mã tra cứu trong đầu mục {tracking.HEADER}, hoặc đăng nhập.",
            en=f"Send the tracking code in the header {tracking.HEADER}, or sign in.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    declaration = _found(session, no, to_change=to_change)
    if not _may_access(declaration, to_change=to_change) or declaration is None:
        raise WrongCode(
            no,
            "no-such-dossier",
            vi="Không có hồ sơ nào với số này và mã tra cứu này.",
            en="No dossier has this number and tracking code.",
        )
    return declaration


@contextmanager
def opened() -> Iterator[ServiceSession]:
    """Yield a session to show a declaration from: for staff one that writes, as their look is recorded with it (V16)."""
    with resources.db.write() if looks.by_staff() else resources.db.read() as session:
        yield session


def look_at_form(session: ServiceSession, declaration: Declaration) -> None:
    """Record that a member of staff opens Form 01 (V16).

    :raises Problem: 428 where it is no work of their office or province, and they do not say what for.
    """
    who, office = auth.caller(), declaration.office
    claims = who.claims if who is not None else {}
    because = None
    if claims.get("office") in (office.get("code"), declaration.office_code):
        because = "own_office"
    elif who is not None and who.role == "director" and claims.get("province") == office.get("province_code"):
        because = "own_province"
    looks.look(session, "form", declaration.dossier_no, because=because)


def _found(session: ServiceSession, no: str, *, to_change: bool) -> Declaration | None:
    if is_draft_id(no):
        return session.scalar(_LOCK_DRAFT if to_change else _FIND_DRAFT, {"no": uuid.UUID(no)})
    return session.scalar(_LOCK if to_change else _FIND, {"no": no})


def _may_access(declaration: Declaration | None, *, to_change: bool) -> bool:
    """Tell it, with the same work for a number that nobody has."""
    code = typed_header(tracking.HEADER)
    if code is not None and tracking.matches(code, declaration.tracking_hash if declaration else _NOBODYS):
        return declaration is not None
    who = auth.caller()
    if who is None or declaration is None:
        return False
    if who.role == "citizen":
        return declaration.guardian_account_id == who.id
    if who.role not in _MAY_SEE:
        raise Problem(403)
    if to_change and not (who.role in COUNTER_STAFF and declaration.route == "counter"):
        raise Problem(
            403,
            vi="Chỉ tờ khai do cơ quan BHXH nhập tại quầy mới sửa được ở đây.",
            en="Staff may change only declarations that were keyed in at a counter.",
        )
    return True

"""Decide who may see and do what with a complaint (F3-F5, F8).

- The holder of its tracking code, and the account that filed it, follow it, read question and answer, reply, reopen and rate. To everybody
  else who is no member of staff a number that somebody has looks like one that nobody has: numbers follow each other (decision 54).
- Any member of staff can follow it: steps, dates, who is accountable.
- The accountable province's staff see all of it and work on it; another province sees it only while asked for help.
- One about an officer, an office or a director only those whom it does not concern (`handling`, F9).
- Its board, and the IT centre for every board, see it without the citizen's data, and may send reminders.
"""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from services.chassis import tracking
from services.chassis.web import auth, looks
from services.chassis.web.body import typed_header
from services.chassis.web.budgets import WrongCode
from services.chassis.web.problem import Problem, field_error
from services.feedback.complaints.handling import handles
from services.feedback.complaints.numbers import FORM
from services.feedback.complaints.rules import Complaint
from services.feedback.coordination import rules as coordination
from services.feedback.directory.actors import OFFICE_ROLES, WORKING_ROLES, Actor
from services.feedback.directory.callers import calling_staff, wrong_role

#: whoever is no member of staff: a newcomer must change a password before anything else
_PEOPLE = ("citizen", "newcomer")
#: compared with where there is no complaint
_NOBODYS = bytes(32)

#: OpenAPI parameters of operations that a citizen may call
TRACKED = [
    {
        "in": "header",
        "name": tracking.HEADER,
        "required": False,
        "description": "the tracking code given when the complaint was filed",
        "schema": {"type": "string", "example": "ABCD-EFGH-JKLM-NPQR"},
    }
]


def find(session: Session, no: str, *, to_change: bool = False) -> Complaint:
    """Return the complaint, locked if it is to be changed.

    :raises Problem: 404 for a mistyped or unknown number.
    """
    _must_be_typed_right(no)
    complaint = _found(session, no, to_change=to_change)
    if complaint is None:
        raise Problem(404, "no-such-complaint", vi="Không có phản ánh nào mang mã này.", en="No complaint has this number.")
    return complaint


def find_for_citizen_or_staff(session: Session, no: str, *, to_change: bool = False) -> Complaint:
    """Return the complaint of whoever has its tracking code or filed it, or any complaint to staff; locked if it is to be changed.

    :raises Problem: 401 without code or token; 404 for a mistyped number.
    :raises WrongCode: 404 for anybody else, whether the number is somebody's or not.
    """
    _must_be_typed_right(no)
    who = auth.caller()
    if who is not None and who.role not in _PEOPLE:
        return find(session, no, to_change=to_change)
    if who is None and tracking.HEADER not in request.headers:
        raise not_the_citizen()
    complaint = _found(session, no, to_change=to_change)
    if not is_citizens_own(complaint) or complaint is None:
        raise WrongCode(
            no,
            "no-such-complaint",
            vi="Không có phản ánh nào với mã này và mã tra cứu này.",
            en="No complaint has this number and tracking code.",
        )
    return complaint


def _must_be_typed_right(no: str) -> None:
    if not FORM.fits(no):
        wrong = field_error(
            "no",
            place="path",
            vi="Mã phản ánh có dạng PA-yymmdd-NNNNNN-c và chữ số cuối phải khớp; hãy kiểm tra lại từng chữ số.",
            en="A complaint number has the form PA-yymmdd-NNNNNN-c with a matching last digit; check each digit.",
        )
        raise Problem(
            404,
            "wrong-complaint-number",
            vi="Mã phản ánh bị gõ sai.",
            en="The complaint number is mistyped.",
            errors=[wrong],
        )


def _found(session: Session, no: str, *, to_change: bool) -> Complaint | None:
    return Complaint.locked(session, no) if to_change else Complaint.of(session, no)


def find_accountable(session: Session, no: str) -> tuple[Complaint, Actor]:
    """Return the complaint, locked, and the calling member of the accountable province's staff.

    :raises Problem: 403 for anybody else.
    """
    complaint, who = find(session, no, to_change=True), calling_staff()
    must_be_accountable(complaint, who)
    return complaint, who


def find_own(session: Session, no: str) -> Complaint:
    """Return the calling citizen's own complaint, locked.

    :raises Problem: 401 without code or token, 403 for staff.
    :raises WrongCode: with somebody else's, or none's.
    """
    complaint = find_for_citizen_or_staff(session, no, to_change=True)
    if not is_citizens_own(complaint):
        raise not_the_citizen()
    return complaint


def must_be_accountable(complaint: Complaint, who: Actor) -> None:
    """Check that the caller belongs to the accountable province, and is not concerned (F3, F9).

    :raises Problem: 403 for anybody else.
    """
    if handles(complaint, who):
        return
    if complaint.about is None and not who.is_office:
        raise wrong_role(OFFICE_ROLES)
    if who.is_office and who.province_code == complaint.province_code:
        raise Problem(
            403,
            "about-staff",
            vi="Phản ánh về cán bộ hoặc cơ quan BHXH do Giám đốc BHXH tỉnh giải quyết; phản ánh về Giám đốc do đơn vị được chỉ định.",
            en="A complaint about an officer or an office is handled by the province's director, one about a director by the desk for them.",
        )
    raise Problem(
        403,
        "not-your-province",
        vi="Phản ánh này do BHXH tỉnh khác chịu trách nhiệm.",
        en="Another province is accountable for this complaint.",
    )


def must_be_of_own_province(complaint: Complaint, who: Actor) -> None:
    """Check that an office files for its own province only (F3).

    :raises Problem: 403 for another one.
    """
    if who.is_office and who.province_code != complaint.province_code:
        raise Problem(
            403,
            "not-your-province",
            vi="Cơ quan chỉ tiếp nhận phản ánh cho tỉnh mình; hãy ghi nhận tại chính cơ quan này.",
            en="An office receives complaints for its own province only; choose an office in your province.",
        )


def must_be_watching(complaint: Complaint, who: Actor) -> None:
    """Check that the caller is the complaint's board, or the IT centre (F2, F5).

    :raises Problem: 403 for anybody else.
    """
    if not _watches(complaint, who):
        raise Problem(
            403,
            "not-your-board",
            vi="Phản ánh này thuộc loại do ban khác theo dõi.",
            en="Another board monitors complaints of this kind.",
        )


def may_see(session: Session, complaint: Complaint, who: Actor) -> bool:
    """Tell whether staff may see more than the public: the accountable province, those it asks, its board, the IT centre."""
    if handles(complaint, who):
        return True
    if who.is_office and who.province_code != complaint.province_code:  # there, whoever does not handle it is concerned (F9)
        return coordination.is_asked(session, complaint.complaint_no, who.province_code)
    return _watches(complaint, who)


def look_at(session: Session, complaint: Complaint, kind: str = "complaint", **details: Any) -> None:
    """Record that a member of staff opens the complaint or something of it, and as what (V16)."""
    looks.look(session, kind, complaint.complaint_no, because=_work_in_hand(session, complaint), **details)


def _work_in_hand(session: Session, complaint: Complaint) -> str | None:
    caller = auth.caller()
    if caller is None or caller.role not in WORKING_ROLES:
        return None
    who = calling_staff()
    if handles(complaint, who):
        return "accountable"
    if _watches(complaint, who):
        return "monitoring"
    return "coordination" if coordination.is_asked(session, complaint.complaint_no, who.province_code) else None


def working_staff() -> Actor:
    """Return the calling member of staff who works on complaints.

    :raises Problem: 401 or 403 for anybody else.
    """
    who = auth.caller()
    if who is None or who.role == "citizen":
        raise not_the_citizen()
    if who.role not in WORKING_ROLES:
        raise wrong_role(WORKING_ROLES)
    return calling_staff()


def is_citizens_own(complaint: Complaint | None) -> bool:
    """Tell whether the caller is the citizen: by tracking code, or by the account that filed it. Without a complaint it takes as long."""
    code = typed_header(tracking.HEADER)
    if code is not None and tracking.matches(code, complaint.tracking_hash if complaint else _NOBODYS):
        return complaint is not None
    who = auth.caller()
    return who is not None and complaint is not None and who.role == "citizen" and complaint.account_id == who.id


def not_the_citizen() -> Problem:
    """Return the 401 for a missing code and token, or the 403 for somebody else's."""
    if auth.caller() is None and tracking.HEADER not in request.headers:
        return Problem(
            401,
            vi=f"Hãy gửi mã tra cứu trong đầu mục {tracking.HEADER}, hoặc đăng nhập.",
            en=f"Send the tracking code in the header {tracking.HEADER}, or sign in.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return Problem(
        403,
        "not-yours",
        vi="Mã tra cứu hoặc tài khoản này không phải của người gửi phản ánh.",
        en="This tracking code or account does not belong to the person who filed the complaint.",
    )


def _watches(complaint: Complaint, who: Actor) -> bool:
    return who.role == "board" and (who.is_centre or who.board_code == complaint.board_code)

"""Who may see and do what with a complaint (F3-F5, F8).

- Anybody follows it by its number: steps, dates, who accounts for it.
- Whoever holds its tracking code, or filed it from an account, reads question and answer, replies, reopens, rates.
- The accountable province's people see all of it and work on it; another province sees it only while it is asked for help.
- Its board, and the IT centre for every board, see it without the citizen's data, and urge.
"""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from services.chassis import tracking
from services.chassis.web import auth
from services.chassis.web.problem import Problem, field_error
from services.feedback.complaints.numbers import FORM
from services.feedback.complaints.rules import Complaint
from services.feedback.coordination import rules as coordination
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff

#: OpenAPI parameters of operations that a citizen may call
TRACKED = [
    {
        "in": "header",
        "name": tracking.HEADER,
        "required": False,
        "description": "the tracking code told when the complaint was filed",
        "schema": {"type": "string", "example": "ABCD-EFGH-JKLM-NPQR"},
    }
]


def find(session: Session, no: str, *, to_change: bool = False) -> Complaint:
    """Return the complaint, locked if it is to be changed.

    :raises Problem: 404 for a mistyped number, and for an unknown one.
    """
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
    complaint = Complaint.locked(session, no) if to_change else Complaint.of(session, no)
    if complaint is None:
        raise Problem(
            404, "no-such-complaint", vi="Không có phản ánh nào mang mã này.", en="There is no complaint with this number."
        )
    return complaint


def find_accountable(session: Session, no: str) -> tuple[Complaint, Actor]:
    """Return the complaint, locked, and the calling member of the accountable province's staff.

    :raises Problem: 403 for anybody else.
    """
    complaint, who = find(session, no, to_change=True), calling_staff()
    must_be_accountable(complaint, who)
    return complaint, who


def find_own(session: Session, no: str) -> Complaint:
    """Return the calling citizen's own complaint, locked.

    :raises Problem: 401 without code or token, 403 with those of somebody else.
    """
    complaint = find(session, no, to_change=True)
    if not is_citizens_own(complaint):
        raise not_the_citizen()
    return complaint


def must_be_accountable(complaint: Complaint, who: Actor) -> None:
    """Let only the accountable province work on it (F3).

    :raises Problem: 403 for anybody else.
    """
    if not who.is_office or who.province_code != complaint.province_code:
        raise Problem(
            403,
            "not-your-province",
            vi="Phản ánh này do BHXH tỉnh khác chịu trách nhiệm.",
            en="Another province is accountable for this complaint.",
        )


def must_be_watching(complaint: Complaint, who: Actor) -> None:
    """Let only its own board watch and urge, and the IT centre for every board (F2, F5).

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
    """Whether staff see more than everybody: the accountable province, those it asks for help, its board, the IT centre."""
    if who.is_office:
        own = who.province_code == complaint.province_code
        return own or coordination.is_asked(session, complaint.complaint_no, who.province_code)
    return _watches(complaint, who)


def is_citizens_own(complaint: Complaint) -> bool:
    """Whether the caller is the citizen: by tracking code, or by the account that filed it."""
    given = request.headers.get(tracking.HEADER)
    if given is not None and tracking.matches(given, complaint.tracking_hash):
        return True
    who = auth.caller()
    return who is not None and who.role == "citizen" and complaint.account_id == who.id


def not_the_citizen() -> Problem:
    """Make the 401 without code or token, or the 403 with those of somebody else."""
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

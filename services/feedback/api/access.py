"""Who may see and do what with a complaint (F3-F5, F8).

- Anybody follows it by its number: steps, dates, who accounts for it.
- Whoever holds its tracking code, or filed it from an account, reads question and answer, replies, reopens, rates.
- The accountable province's people see all of it and work on it; another province sees it only where it is asked for help.
- Its board, and the IT centre for every board, see it without the citizen's data, and urge.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request
from sqlalchemy.orm import Session

from services.chassis.web import auth
from services.chassis.web.problem import Problem, field_error
from services.feedback import coordination, tracking
from services.feedback.actors import OFFICE_ROLES, Actor
from services.feedback.model import Complaint
from services.feedback.numbers import is_complaint_no

View = TypeVar("View", bound=Callable[..., Any])

TRACKED = [
    {
        "in": "header",
        "name": tracking.HEADER,
        "required": False,
        "description": "the tracking code told when the complaint was filed",
        "schema": {"type": "string", "example": "ABCD-EFGH-JKLM-NPQR"},
    }
]
#: staff who work with complaints
WORKING = (*OFFICE_ROLES, "board")
_LONGEST_CLAIM = 40


def find(session: Session, no: str, *, to_change: bool = False) -> Complaint:
    """The complaint, locked if it is to be changed.

    :raises Problem: 404 for a mistyped number, and for one that there is not.
    """
    if not is_complaint_no(no):
        wrong = field_error(
            "no",
            place="path",
            vi="Mã phản ánh có dạng PA-yymmdd-NNNNNN-c và chữ số cuối phải khớp; hãy kiểm tra lại từng chữ số.",
            en="A complaint number is written PA-yymmdd-NNNNNN-c with a matching last digit; check each digit.",
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
            404, "no-such-complaint", vi="Không có phản ánh nào mang mã này.", en="There is no complaint of this number."
        )
    return complaint


def staff(*roles: str) -> Callable[[View], View]:
    """Let in staff of these roles only; the refusal says which they are."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if auth.principal().role not in roles:
                raise wrong_role(roles)
            return view(*args, **kwargs)

        return cast(View, auth.requires()(wrapper))

    return decorator


def actor() -> Actor:
    """Who is calling, as the token says.

    :raises Problem: 401 for nobody, 403 for staff whose account lacks what its role needs.
    """
    who = auth.caller()
    if who is None:
        raise stranger()
    claims = {name: _claim(who.claims.get(name)) for name in ("office", "province", "board")}
    if who.role in OFFICE_ROLES and not (claims["office"] and claims["province"]):
        raise Problem(
            403, "no-office", vi="Tài khoản chưa được gắn với cơ quan BHXH nào.", en="This account belongs to no office."
        )
    if who.role == "board" and not claims["board"]:
        raise Problem(403, "no-board", vi="Tài khoản chưa được gắn với ban nào.", en="This account belongs to no board.")
    return Actor(who.role, who.id, claims["office"], claims["province"], claims["board"])


def accountable(complaint: Complaint, who: Actor) -> None:
    """Only the province that accounts for it works on it (F3).

    :raises Problem: 403 for anybody else.
    """
    if who.role not in OFFICE_ROLES or who.province_code != complaint.province_code:
        raise Problem(
            403,
            "not-your-province",
            vi="Phản ánh này do BHXH tỉnh khác chịu trách nhiệm.",
            en="Another province accounts for this complaint.",
        )


def sees(session: Session, complaint: Complaint, who: Actor) -> bool:
    """Whether staff see more of it than everybody: the accountable province, whom it asks for help, its board, the IT centre."""
    if who.role in OFFICE_ROLES:
        own = who.province_code == complaint.province_code
        return own or coordination.is_asked(session, complaint.complaint_no, who.province_code)
    return who.role == "board" and (who.is_centre or who.board_code == complaint.board_code)


def watching(complaint: Complaint, who: Actor) -> None:
    """Only its own board watches and urges; the IT centre every one (F2, F5).

    :raises Problem: 403 for anybody else.
    """
    if who.role != "board" or not (who.is_centre or who.board_code == complaint.board_code):
        raise Problem(
            403,
            "not-your-board",
            vi="Phản ánh này thuộc loại do ban khác theo dõi.",
            en="Another board watches complaints of this kind.",
        )


def holds(complaint: Complaint) -> bool:
    """Whether the caller is the citizen: by tracking code, or by the account that filed it."""
    given = request.headers.get(tracking.HEADER)
    if given is not None and tracking.matches(given, complaint.tracking_hash):
        return True
    who = auth.caller()
    return who is not None and who.role == "citizen" and complaint.account_id == who.id


def own(session: Session, no: str) -> Complaint:
    """The citizen's own complaint, locked.

    :raises Problem: 401 without code or token, 403 with those of somebody else.
    """
    complaint = find(session, no, to_change=True)
    if holds(complaint):
        return complaint
    raise stranger()


def stranger() -> Problem:
    """401 without code or token, 403 with those of somebody else."""
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
        en="This tracking code or account is not of whoever filed the complaint.",
    )


def wrong_role(roles: tuple[str, ...]) -> Problem:
    """403, naming who may."""
    return Problem(
        403,
        "wrong-role",
        vi=f"Việc này chỉ dành cho vai trò: {', '.join(roles)}.",
        en=f"Only these roles may do this: {', '.join(roles)}.",
        roles=list(roles),
    )


def _claim(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM else None

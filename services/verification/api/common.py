"""What the views share: who is calling, which case is meant, how refusals are answered."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.problem import Problem, as_response, field_error
from services.chassis.web.resources import resources
from services.verification.model import Case
from services.verification.numbers import is_dossier_no
from services.verification.officers import Officer
from services.verification.refusals import Refused
from services.verification.settings import Settings

_LONGEST_ID = 100


def blueprint(name: str, description: str) -> Blueprint:
    """A blueprint below /cases in which the domain's refusals are answered as problems."""
    made = Blueprint(name, url_prefix="/cases", description=description)
    made.register_error_handler(Refused, _answer)
    return made


def settings() -> Settings:
    """The settings of verification."""
    found: Settings = resources.settings
    return found


def officer() -> Officer:
    """Who is calling. A token of staff without an office is refused: nobody could say later which office it was (V13)."""
    who = auth.principal()
    office = who.claims.get("office")
    if not isinstance(office, str) or not 0 < len(office) <= _LONGEST_ID:
        raise Problem(
            403, "no-office", vi="Tài khoản chưa được gắn với cơ quan BHXH nào.", en="This account belongs to no office."
        )
    return Officer(who.id, who.role, office)


def checked(no: str) -> str:
    """The dossier number of a path.

    :raises Problem: 404 for what cannot be one.
    """
    if not is_dossier_no(no):
        wrong = field_error(
            "dossier_no",
            place="path",
            vi="Sai số hồ sơ hoặc sai chữ số kiểm tra.",
            en="No dossier number, or a wrong check digit.",
        )
        raise _no_such_case([wrong])
    return no


def case_of(session: Session, no: str, *, locked: bool = False) -> Case:
    """The case of a dossier.

    :raises Problem: 404 if there is none.
    """
    case = Case.locked(session, checked(no)) if locked else Case.of(session, checked(no))
    if case is None:
        raise _no_such_case([])
    return case


def _no_such_case(errors: list[dict[str, str]]) -> Problem:
    return Problem(
        404, "no-such-case", vi="Không có hồ sơ với số này.", en="There is no dossier of this number.", errors=errors
    )


def _answer(refused: Refused) -> Response:
    members = {name: _json(value) for name, value in refused.members.items()}
    return as_response(Problem(refused.status, refused.kind, vi=refused.vi, en=refused.en, **members))


def _json(value: Any) -> Any:
    return Moment()._serialize(value, None, None) if isinstance(value, datetime) else value

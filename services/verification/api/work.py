"""Working on a case: claim, release, receive, correct, decide (V2-V9, V11)."""

from typing import Any

from sqlalchemy.orm import Session

from services.chassis.web import auth
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.api import schemas
from services.verification.api.common import blueprint, case_of, checked, officer, settings
from services.verification.model import Case
from services.verification.officers import DECIDERS, RECEIVERS

api = blueprint("work", "Tiếp nhận và phê duyệt hồ sơ")

_HELD = "Another officer works on it (`holder`, `lease_until`), or its status does not allow this (`case_status`)"


@api.route("/<no>/claim", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Claim)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=_HELD)
def claim(no: str) -> Any:
    """Take the case, or keep it for longer; nobody else can change it until the lease ends"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case = case_of(session, no, locked=True)
        case.claim(who, lease_seconds=settings().claim_lease_seconds)
        return {"holder": case.claimed_by, "holder_office_code": case.claimed_office_code, "lease_until": case.lease_until}


@api.route("/<no>/release", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=_HELD)
def release(no: str) -> Any:
    """Give the case back ("Thoát": leave without a change)"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case = case_of(session, no, locked=True)
        case.release(who)
        return _standing(case)


@api.route("/<no>/receive", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.arguments(schemas.Receive)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=_HELD)
@api.alt_response(422, schema=ProblemSchema)
def receive(data: dict[str, Any], no: str) -> Any:
    """The person has come: the ten days stop (I6); any office may (V2)"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case = case_of(session, no, locked=True)
        case.receive(who, id_shown=data["id_shown"], lease_seconds=settings().claim_lease_seconds)
        return _standing(case)


@api.route("/<no>/correction", methods=["POST"])
@auth.requires(*DECIDERS)
@api.arguments(schemas.Correction)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=_HELD)
@api.alt_response(422, schema=ProblemSchema)
def correct(data: dict[str, Any], no: str) -> Any:
    """Write name or code as the papers have it, after HGĐ did not know them so (V7); then decide again"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case = case_of(session, no, locked=True)
        case.correct(
            who,
            full_name=data.get("full_name"),
            bhxh_code=data.get("bhxh_code"),
            lease_seconds=settings().claim_lease_seconds,
        )
        return _standing(case)


@api.route("/<no>/decision", methods=["POST"])
@auth.requires(*DECIDERS)
@api.arguments(schemas.Decision)
@api.idempotent
@api.response(202, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=_HELD + "; or something is `missing` (V3)")
@api.alt_response(422, schema=ProblemSchema, description="A wrong reason, or one that is no ground for rejection (V4)")
def decide(data: dict[str, Any], no: str, *, session: Session) -> Any:
    """Record the assessment ("Ghi nhận", V6); with `valid` HGĐ is asked, and its answer decides (V7)"""
    who, lease_seconds = officer(), settings().claim_lease_seconds
    case = case_of(session, no, locked=True)
    if data["outcome"] == "valid":
        case.assess_valid(who, id_shown=bool(data["id_shown"]), lease_seconds=lease_seconds)
    else:
        case.assess_invalid(who, reason_code=data["reason_code"], words=data["reason"], lease_seconds=lease_seconds)
    return _standing(case)


def _standing(case: Case) -> dict[str, Any]:
    return {"dossier_no": case.dossier_no, "status": case.status, "missing": case.missing}

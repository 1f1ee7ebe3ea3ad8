"""Decide a case (V4, V6, V7, V11): list the reasons, record the decision."""

from typing import Any

from sqlalchemy.orm import Session

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases.access import case_of
from services.verification.cases.responses import standing
from services.verification.cases.schemas import NOT_NOW
from services.verification.decisions import rules, schemas
from services.verification.decisions.reasons import REASONS
from services.verification.officers.access import calling_officer
from services.verification.officers.rules import DECIDERS, RECEIVERS

api = Blueprint("decisions", url_prefix="/cases", description="Phê duyệt hồ sơ")


@api.route("/reasons")
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Reasons)
def list_reasons() -> Any:
    """List the reasons for which a dossier may be assessed as invalid (V6)"""
    names = ("code", "vi", "en", "routes", "own_words")
    return {"items": [{name: getattr(reason, name) for name in names} for reason in REASONS]}


@api.route("/<no>/decision", methods=["POST"])
@auth.requires(*DECIDERS)
@api.arguments(schemas.Decision)
@api.idempotent
@api.response(202, schemas.Decided)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(
    409,
    schema=ProblemSchema,
    description=NOT_NOW + "; something is `missing` (V3); the reason's `condition` is not true (V4)",
)
@api.alt_response(
    422,
    schema=ProblemSchema,
    description="A wrong reason, one that is no ground for rejection, or words that the law forbids (V4)",
)
def decide(data: dict[str, Any], no: str, *, session: Session) -> Any:
    """Record the assessment ("Ghi nhận", V6); with `valid` HGĐ is asked, and its answer decides (V7)"""
    who, lease_seconds = calling_officer(), resources.settings.claim_lease_seconds
    case = case_of(session, no, lock=True)
    if data["outcome"] == "valid":
        shown = {name: bool(data[name]) for name in ("id_shown", "parent_id_shown")}
        rules.assess_valid(case, who, **shown, lease_seconds=lease_seconds)
    else:
        rules.assess_invalid(
            case,
            who,
            reason_code=data["reason_code"],
            words=data["reason"],
            insists_because=data["insists_because"],
            lease_seconds=lease_seconds,
        )
    return standing(case) | {"told": case.phone_proved}


blueprints = (api,)

"""Show a dossier's history (V13)."""

from typing import Any

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases.access import case_of
from services.verification.history import schemas
from services.verification.history.rules import history_of
from services.verification.officers.rules import RECEIVERS

api = Blueprint("history", url_prefix="/cases", description="Lịch sử xử lý hồ sơ")


@api.route("/<no>/history")
@auth.requires(*RECEIVERS)
@api.response(200, schemas.History)
@api.alt_response(404, schema=ProblemSchema)
def show_history(no: str) -> Any:
    """List who did what and who looked, oldest first (V13, V16)"""
    with resources.db.read() as session:
        case_of(session, no)
        return {"items": history_of(session, no)}


blueprints = (api,)

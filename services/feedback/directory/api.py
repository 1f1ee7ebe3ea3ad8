"""`/offices`: list the offices that receive complaints and may be asked for help (F1, F4)."""

from __future__ import annotations

from typing import Any

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback.directory import offices
from services.feedback.directory.schemas import OfficeQuery, OfficesSchema

blueprint = Blueprint("offices", __name__, url_prefix="/offices", description="Offices that receive complaints")


@blueprint.route("")
@problems(400, 422, 503)
@auth.recognises
@blueprint.arguments(OfficeQuery, location="query")
@blueprint.response(200, OfficesSchema)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the open offices by code, of one province or of all"""
    with resources.db.read() as session:
        return {"items": offices.list_open(session, query["province"])}


blueprints = (blueprint,)

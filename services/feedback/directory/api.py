"""`/offices`: list the offices that receive complaints and may be asked for help (F1, F4)."""

from __future__ import annotations

from typing import Any

from services.chassis.text.places import place_of_office
from services.chassis.text.sorting import sort_key
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback.directory import offices
from services.feedback.directory.schemas import OfficeQuery, OfficesSchema

blueprint = Blueprint("offices", __name__, url_prefix="/offices", description="Offices that receive complaints")


@blueprint.route("")
@problems(400, 422, 503)
@auth.recognises
@budgets.bounded(budgets.LOOKUPS)
@blueprint.arguments(OfficeQuery, location="query")
@blueprint.response(200, OfficesSchema)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the open offices of one province or of all, in Vietnamese order of their places"""
    with resources.db.read() as session:
        found = offices.list_open(session, query["province"])
    return {"items": sorted(found, key=lambda office: (sort_key(place_of_office(office.name)), office.code))}


blueprints = (blueprint,)

"""`/offices`: who may receive a complaint, and who may be asked for help (F1, F4)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback import offices
from services.feedback.api.answers import OfficeSchema


class OfficeQuery(ma.Schema):
    province = ma.fields.String(load_default=None, validate=Length(1, 10))


class OfficesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OfficeSchema), required=True)


def blueprint() -> Blueprint:
    """The view."""
    made = Blueprint("offices", __name__, url_prefix="/offices", description="Offices that receive complaints")

    @made.route("")
    @problems(400, 422, 503)
    @auth.recognises
    @made.arguments(OfficeQuery, location="query")
    @made.response(200, OfficesSchema)
    def search(query: dict[str, Any]) -> dict[str, Any]:
        """The open offices, by code; of one province or of all"""
        with resources.db.read() as session:
            return {"items": [office.as_dict() for office in offices.every(session, query["province"])]}

    return made

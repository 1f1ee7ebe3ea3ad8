"""Look-ups for filling in a form: receiving offices, administrative units, scanned cards. Open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response, jsonify

from services.chassis.calendar import today_in_vietnam
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.chassis.web.wording import vietnamese
from services.registration.lookup import offices, scans, units
from services.registration.lookup.schemas import OfficeList, OfficeQuery, PrefillSchema, ScanBody, UnitList, UnitQuery
from services.registration.lookup.unit_names import names_on

#: a resolution takes effect at midnight, and an import at any time
_OFFICES_SECONDS, _UNITS_SECONDS = 300, 3_600

lookup = Blueprint("lookup", __name__, url_prefix="", description="Look-ups for filling in a form")
blueprints = (lookup,)


@lookup.route("/offices")
@budgets.bounded(budgets.LOOKUPS)
@lookup.arguments(OfficeQuery(), location="query")
@lookup.response(200, OfficeList)
def list_offices(query: Mapping[str, Any]) -> Response:
    """Find receiving offices

    Any office may finish a dossier (V2); the form names the one where the person intends to go.
    """
    with resources.db.read() as session:
        matches = offices.search(session, query["q"], query["province"])
    return _public({"items": [office.as_dict() for office in matches]}, OfficeList, _OFFICES_SECONDS)


@lookup.route("/units")
@budgets.bounded(budgets.LOOKUPS)
@lookup.arguments(UnitQuery(), location="query")
@lookup.response(200, UnitList)
def list_units(query: Mapping[str, Any]) -> Response:
    """List administrative units

    Provinces, or the units below `parent`, on either map (I10), by the names of today (W3).
    """
    try:
        with resources.db.read() as session:
            names = names_on(session, query["map"], today_in_vietnam())
        matches = units.children(query["map"], query["parent"], names)
    except units.UnknownUnit as error:
        message = error.args[0]
        wrong = field_error(error.field, place="query", vi=vietnamese(message), en=str(message))
        raise Problem(422, errors=[wrong]) from None
    return _public({"items": matches}, UnitList, _UNITS_SECONDS)


@lookup.route("/scans", methods=["POST"])
@budgets.bounded(budgets.LOOKUPS)
@lookup.arguments(ScanBody())
@lookup.response(200, PrefillSchema)
@lookup.alt_response(422, "UNPROCESSABLE_ENTITY")
def read_scan(body: Mapping[str, Any]) -> scans.Prefill:
    """Read a scanned card

    The QR of a health card or CCCD, or an older health card's number (I7). Nothing is stored.
    """
    try:
        return scans.read(body["text"])
    except scans.Unreadable:
        vi = "Không nhận ra mã này. Hãy quét mã QR trên thẻ BHYT hoặc CCCD, hoặc nhập tay."
        en = "This card is not recognised. Scan the QR code of a health card or CCCD, or type the data in."
        raise Problem(422, "unreadable-scan", vi=vi, en=en, errors=[field_error("text", vi=vi, en=en)]) from None


def _public(found: Mapping[str, Any], schema: type[ma.Schema], seconds: int) -> Response:
    """Return a response that is the same for everybody and may be cached for a while."""
    response = jsonify(schema().dump(found))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response

"""HTTP API of what a form is filled in with: receiving offices, administrative units, scanned cards. Nobody signs in.

blueprints = [api_lookup.blueprint(), …]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response, jsonify
from marshmallow.validate import Length, OneOf

from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.chassis.web.wording import vietnamese
from services.registration import offices, scans, units

_OFFICES_SECONDS, _UNITS_SECONDS = 300, 86_400
_LEVELS = ("province", "district", "ward")


class OfficeQuery(ma.Schema):
    """Which offices."""

    q = ma.fields.String(
        load_default=None,
        validate=Length(max=100),
        metadata={"description": "words of code, name or address; marks may be left out", "example": "ha dong"},
    )
    province = ma.fields.String(
        load_default=None,
        validate=Length(max=10),
        metadata={"description": "code of one of today's 34 provinces", "example": "01"},
    )


class OfficeSchema(ma.Schema):
    """A receiving office."""

    code = ma.fields.String(required=True, metadata={"example": "01"})
    name = ma.fields.String(required=True, metadata={"example": "BHXH Thành phố Hà Nội"})
    province_code = ma.fields.String(required=True, metadata={"example": "01"})
    address = ma.fields.String(required=True, metadata={"description": "empty where it is not known"})
    phone = ma.fields.String(required=True, metadata={"description": "as printed; empty where it is not known"})


class OfficeList(ma.Schema):
    """All that were found, sorted as Vietnamese."""

    items = ma.fields.List(ma.fields.Nested(OfficeSchema), required=True)


class UnitQuery(ma.Schema):
    """Which units."""

    map = ma.fields.String(
        load_default=units.MAP_2025,
        validate=OneOf(units.MAPS),
        metadata={"description": "2025: 34 provinces and wards; before-2025-07: 63 provinces, districts, wards"},
    )
    parent = ma.fields.String(
        load_default=None,
        validate=Length(max=10),
        metadata={"description": "code of a province or district; left out: the provinces", "example": "01"},
    )


class UnitSchema(ma.Schema):
    """An administrative unit."""

    code = ma.fields.String(required=True, metadata={"example": "00004"})
    name = ma.fields.String(required=True, metadata={"example": "Phường Ba Đình"})
    level = ma.fields.String(required=True, validate=OneOf(_LEVELS))
    parent = ma.fields.String(required=True, allow_none=True, metadata={"example": "01"})


class UnitList(ma.Schema):
    """All that were found, sorted as Vietnamese; none below a ward."""

    items = ma.fields.List(ma.fields.Nested(UnitSchema), required=True)


class ScanBody(ma.Schema):
    """What the scanner read, as it is."""

    text = ma.fields.String(
        required=True,
        validate=Length(1, scans.LONGEST_TEXT),
        metadata={"example": "0113099841|4e677579e1bb856e205468c3a06e68204269c3aa6e|19/05/1987|1"},
    )


class PrefillSchema(ma.Schema):
    """What the card says; null where it says nothing that can be right. The person looks at it and confirms."""

    source = ma.fields.String(required=True, validate=OneOf((scans.HEALTH_CARD, scans.OLD_HEALTH_CARD, scans.CCCD_CARD)))
    bhxh_code = ma.fields.String(required=True, allow_none=True, metadata={"example": "0113099841"})
    personal_id = ma.fields.String(required=True, allow_none=True)
    id_type = ma.fields.String(required=True, allow_none=True)
    id_number = ma.fields.String(required=True, allow_none=True)
    old_id_number = ma.fields.String(required=True, allow_none=True, metadata={"description": "CMND that the CCCD replaced"})
    full_name = ma.fields.String(required=True, allow_none=True, metadata={"example": "Nguyễn Thành Biên"})
    date_of_birth = ma.fields.Date(required=True, allow_none=True)
    sex = ma.fields.String(required=True, allow_none=True, metadata={"description": "male, female"})
    address = ma.fields.String(required=True, allow_none=True, metadata={"description": "as printed on the card"})


def blueprint() -> Blueprint:
    """The blueprint; a new one for each application."""
    made = Blueprint("lookup", __name__, url_prefix="", description="What a form is filled in with")

    @made.route("/offices")
    @made.arguments(OfficeQuery(), location="query")
    @made.response(200, OfficeList)
    def list_offices(query: Mapping[str, Any]) -> Response:
        """Find receiving offices

        Any office may finish a dossier (V2); the one that a form names is where it is expected.
        """
        with resources.db.read() as session:
            found = offices.search(session, query["q"], query["province"])
        return _public({"items": [office.as_dict() for office in found]}, OfficeList, _OFFICES_SECONDS)

    @made.route("/units")
    @made.arguments(UnitQuery(), location="query")
    @made.response(200, UnitList)
    def list_units(query: Mapping[str, Any]) -> Response:
        """List administrative units

        Provinces, or what is below the parent, on either map (I10).
        """
        try:
            found = units.children(query["map"], query["parent"])
        except units.UnknownUnit as error:
            said = error.messages[0] if isinstance(error.messages, list) else str(error)
            wrong = field_error(error.field, place="query", vi=vietnamese(said), en=str.__str__(said))
            raise Problem(422, errors=[wrong]) from None
        return _public({"items": found}, UnitList, _UNITS_SECONDS)

    @made.route("/scans", methods=["POST"])
    @made.arguments(ScanBody())
    @made.response(200, PrefillSchema)
    @made.alt_response(422, "UNPROCESSABLE_ENTITY")
    def read_scan(body: Mapping[str, Any]) -> scans.Prefill:
        """Read a scanned card

        The QR of a health card or CCCD, or an older health card's number (I7). Nothing is kept.
        """
        try:
            return scans.read(body["text"])
        except scans.Unreadable:
            vi = "Không nhận ra mã này. Hãy quét mã QR trên thẻ BHYT hoặc CCCD, hoặc nhập tay."
            en = "This is no known card. Scan the QR of a health card or CCCD, or type the data in."
            raise Problem(422, "unreadable-scan", vi=vi, en=en, errors=[field_error("text", vi=vi, en=en)]) from None

    return made


def _public(found: Mapping[str, Any], schema: type[ma.Schema], seconds: int) -> Response:
    """An answer that is the same for everybody, and may be kept for a while."""
    response = jsonify(schema().dump(found))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response

"""Request and response schemas of the look-ups."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from services.chassis.text.folding import one_line, plain_code
from services.chassis.web.typed import ProvinceCode, Typed
from services.registration.lookup import maps, scans

_LEVELS = ("province", "district", "ward")


class OfficeQuery(ma.Schema):
    """Which offices to list."""

    q = Typed(
        one_line,
        load_default=None,
        validate=Length(max=100),
        metadata={"description": "words in code, name or address; diacritics may be left out", "example": "ha dong"},
    )
    province = ProvinceCode(
        load_default=None, metadata={"description": "one of today's 34 provinces; 00: the customer-care centre"}
    )


class OfficeSchema(ma.Schema):
    """A receiving office."""

    code = ma.fields.String(required=True, metadata={"example": "01"})
    name = ma.fields.String(required=True, metadata={"example": "BHXH Thành phố Hà Nội"})
    province_code = ma.fields.String(required=True, metadata={"example": "01"})
    address = ma.fields.String(required=True, metadata={"description": "empty where it is not known"})
    phone = ma.fields.String(required=True, metadata={"description": "as printed; empty where it is not known"})


class OfficeList(ma.Schema):
    """All matches, in Vietnamese order."""

    items = ma.fields.List(ma.fields.Nested(OfficeSchema), required=True)


class UnitQuery(ma.Schema):
    """Which units to list."""

    map = ma.fields.String(
        load_default=maps.MAP_2025,
        validate=OneOf(maps.MAPS),
        metadata={"description": "2025: 34 provinces and wards; before-2025-07: 63 provinces, districts, wards"},
    )
    parent = Typed(
        plain_code,
        load_default=None,
        validate=Length(max=10),
        metadata={"description": "code of a province or district; without it: the provinces", "example": "01"},
    )


class UnitSchema(ma.Schema):
    """An administrative unit."""

    code = ma.fields.String(required=True, metadata={"example": "00004"})
    name = ma.fields.String(required=True, metadata={"example": "Phường Ba Đình"})
    level = ma.fields.String(required=True, validate=OneOf(_LEVELS))
    parent = ma.fields.String(required=True, allow_none=True, metadata={"example": "01"})


class UnitList(ma.Schema):
    """All matches, in Vietnamese order; none below a ward."""

    items = ma.fields.List(ma.fields.Nested(UnitSchema), required=True)


class ScanBody(ma.Schema):
    """The text the scanner read."""

    text = Typed(
        one_line,
        required=True,
        validate=Length(1, scans.LONGEST_TEXT),
        metadata={"example": "0113099841|4e677579e1bb856e205468c3a06e68204269c3aa6e|19/05/1987|1"},
    )


class PrefillSchema(ma.Schema):
    """The card's data; null where missing or implausible. The person checks and confirms them."""

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

"""Request and response schemas of offices."""

import marshmallow as ma

from services.chassis.web.typed import ProvinceCode


class OfficeSchema(ma.Schema):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    province_code = ma.fields.String(required=True)


class OfficeQuery(ma.Schema):
    province = ProvinceCode(load_default=None)


class OfficesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OfficeSchema), required=True)

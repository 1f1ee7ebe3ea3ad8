"""Request and response schemas of offices."""

import marshmallow as ma
from marshmallow.validate import Length

from services.chassis.text.folding import plain_code
from services.chassis.web.typed import Typed


class OfficeSchema(ma.Schema):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    province_code = ma.fields.String(required=True)


class OfficeQuery(ma.Schema):
    province = Typed(plain_code, load_default=None, validate=Length(1, 10))


class OfficesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OfficeSchema), required=True)

"""Response schemas of the history."""

from typing import Any

import marshmallow as ma

from services.chassis.web.fields import Moment


class HistoryEntry(ma.Schema):
    at = Moment(required=True)
    action = ma.fields.String(required=True)
    actor = ma.fields.String(required=True, allow_none=True)
    role = ma.fields.String(required=True, allow_none=True)
    office_code = ma.fields.String(required=True, allow_none=True)
    purpose = ma.fields.String(required=True, allow_none=True, metadata={"description": "of a look: what for (V16)"})
    details: ma.fields.Field[Any] = ma.fields.Dict(required=True)


class History(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HistoryEntry), required=True)

"""Request and response schemas of co-ordination between offices (F4)."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.text.folding import plain_code
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Prose, Typed
from services.feedback.complaints.schemas import CODE
from services.feedback.coordination.rules import ASKED, STATUSES
from services.feedback.directory.schemas import OfficeSchema

_Text, _Bool = ma.fields.String, ma.fields.Boolean


class CoordinateSchema(ma.Schema):
    office_code = Typed(plain_code, required=True, validate=CODE, metadata={"description": "the office to ask"})
    question = Prose(5, 2000, required=True)


class CoordinationQuery(paging.PageQuery):
    side = ma.fields.String(
        load_default="asked",
        validate=OneOf(("asked", "asking")),
        metadata={"description": "requests to this province, or requests it has made"},
    )
    status = ma.fields.String(load_default=ASKED, validate=OneOf(STATUSES))


class MessageSchema(ma.Schema):
    at = Moment(required=True)
    account_id = _Text(required=True)
    office_code = _Text(required=True)
    words = _Text(required=True)


class CoordinationSchema(ma.Schema):
    """A request to another office, with its thread (F4)."""

    coordination_id = _Text(required=True, attribute="id")
    complaint_no = _Text(required=True)
    status = _Text(required=True, metadata={"description": "asked, answered, withdrawn"})
    office = ma.fields.Nested(OfficeSchema, required=True, metadata={"description": "the office asked"})
    question = _Text(required=True)
    asked_at = Moment(required=True)
    due_at = Moment(required=True)
    late = _Bool(required=True, attribute="is_late")
    answered_at = Moment(required=True, allow_none=True)
    messages = ma.fields.List(ma.fields.Nested(MessageSchema), required=True)

"""Request and response schemas of draft answers."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Range

from services.chassis.web.fields import Moment
from services.chassis.web.typed import Prose
from services.feedback.complaints.schemas import Insistence

_Text, _Int = ma.fields.String, ma.fields.Integer


class AnswerSchema(ma.Schema):
    text = Prose(10, 5000, required=True)


class ApproveSchema(Insistence):
    version = ma.fields.Integer(
        required=True,
        strict=True,
        validate=Range(1, 1000),
        metadata={"description": "version of the draft that was read, so that a newer one is not approved unread"},
    )


class RemarkSchema(ma.Schema):
    remark = Prose(5, 1000, required=True)


class DraftSchema(ma.Schema):
    version = _Int(required=True)
    status = _Text(required=True, metadata={"description": "draft, returned, sent"})
    text = _Text(required=True)
    drafted_at = Moment(required=True)
    drafted_by = _Text(required=True)
    remark = _Text(required=True, allow_none=True)
    warnings = ma.fields.List(
        _Text(),
        required=True,
        metadata={"description": "phrases that send the citizen to another office: with any it is not approved (F4)"},
    )

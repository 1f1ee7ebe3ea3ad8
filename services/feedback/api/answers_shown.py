"""A complaint as whoever may see more of it than its progress sees it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.chassis.web.fields import Moment
from services.feedback.api.answers import OfficeSchema, PublicSchema

_Text, _Int, _Bool = ma.fields.String, ma.fields.Integer, ma.fields.Boolean


class AttachmentSchema(ma.Schema):
    """A document as it is kept: pictures are written anew, so hash and size are not those of what was sent."""

    slot = _Int(required=True)
    content_type = _Text(required=True)
    size = _Int(required=True)
    sha256 = _Text(required=True)


class ContentSchema(ma.Schema):
    """What was said: for the citizen, the accountable province, whoever it asks, and the board."""

    subject_line = _Text(required=True)
    body = _Text(required=True)
    question = _Text(required=True, allow_none=True)
    reply = _Text(required=True, allow_none=True)
    answer = _Text(required=True, allow_none=True, metadata={"description": "the latest that was sent"})
    reopen_reason = _Text(required=True, allow_none=True)
    rating = _Int(required=True, allow_none=True)
    rating_comment = _Text(required=True, allow_none=True)
    attachments = ma.fields.List(ma.fields.Nested(AttachmentSchema), required=True)
    linked_to = _Text(
        required=True, allow_none=True, metadata={"description": "an earlier complaint that says nearly the same"}
    )


class ContactShownSchema(ma.Schema):
    full_name = _Text(required=True, allow_none=True)
    phone = _Text(required=True, allow_none=True)
    email = _Text(required=True, allow_none=True)


class DraftSchema(ma.Schema):
    version = _Int(required=True)
    status = _Text(required=True, metadata={"description": "draft, returned, sent"})
    text = _Text(required=True)
    drafted_at = Moment(required=True)
    drafted_by = _Text(required=True)
    remark = _Text(required=True, allow_none=True)
    warnings = ma.fields.List(
        _Text(), required=True, metadata={"description": "words that seem to send the citizen elsewhere (F4)"}
    )


class MessageSchema(ma.Schema):
    at = Moment(required=True)
    account_id = _Text(required=True)
    office_code = _Text(required=True)
    words = _Text(required=True)


class CoordinationSchema(ma.Schema):
    """A request to another office, with its thread (F4)."""

    coordination_id = _Text(required=True)
    complaint_no = _Text(required=True)
    status = _Text(required=True, metadata={"description": "asked, answered, withdrawn"})
    office = ma.fields.Nested(OfficeSchema, required=True, metadata={"description": "the asked one"})
    question = _Text(required=True)
    asked_at = Moment(required=True)
    due_at = Moment(required=True)
    late = _Bool(required=True)
    answered_at = Moment(required=True, allow_none=True)
    messages = ma.fields.List(ma.fields.Nested(MessageSchema), required=True)


class StepSchema(ma.Schema):
    at = Moment(required=True)
    kind = _Text(required=True)
    role = _Text(required=True)
    actor = _Text(required=True, allow_none=True)
    office_code = _Text(required=True, allow_none=True)
    details: ma.fields.Field[Any] = ma.fields.Dict(required=True)


class WorkSchema(ma.Schema):
    """What staff need beside. `contact`, `bhxh_code` and the drafts: for the accountable province only (asked ones see the code)."""

    channel = _Text(required=True)
    province_code = _Text(required=True)
    unit = _Text(required=True, allow_none=True)
    due_at = Moment(required=True)
    escalation_level = _Int(required=True)
    reminders = _Int(required=True)
    recategorised = _Int(required=True)
    reopened_count = _Int(required=True)
    board_seen_at = Moment(required=True, allow_none=True)
    anonymous = _Bool(required=True)
    bhxh_code = _Text(required=True, allow_none=True)
    contact = ma.fields.Nested(ContactShownSchema, required=True, allow_none=True)
    draft = ma.fields.Nested(DraftSchema, required=True, allow_none=True)
    coordinations = ma.fields.List(ma.fields.Nested(CoordinationSchema), required=True)
    history = ma.fields.List(ma.fields.Nested(StepSchema), required=True)


class ComplaintShownSchema(PublicSchema):
    """The public part for everybody; the others are null for who may not see them."""

    content = ma.fields.Nested(ContentSchema, required=True, allow_none=True)
    work = ma.fields.Nested(WorkSchema, required=True, allow_none=True)

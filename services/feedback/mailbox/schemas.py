"""Request and response schemas of the mailbox."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from services.chassis.text.quoted import as_given_out
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Prose, Typed
from services.feedback.complaints.schemas import ComplaintSchema
from services.feedback.mailbox.rules import STATES, TO_DECIDE

_Text, _Bool = ma.fields.String, ma.fields.Boolean


class EmailQuery(paging.PageQuery):
    state = ma.fields.String(load_default=TO_DECIDE, validate=OneOf(STATES))


class ConfirmSchema(ComplaintSchema):
    """The complaint that the e-mail becomes, as for `POST /complaints` without its channel."""

    class Meta:
        """The channel is known."""

        exclude = ("channel",)


class AttachSchema(ma.Schema):
    complaint_no = Typed(as_given_out, required=True, validate=Length(1, 40))


class DiscardSchema(ma.Schema):
    reason = Prose(5, 500, required=True)


class EmailFileSchema(ma.Schema):
    name = _Text(required=True)
    content_type = _Text(required=True)
    size = ma.fields.Integer(required=True)


class LeftOutSchema(ma.Schema):
    name = _Text(required=True)
    reason = _Text(required=True, metadata={"description": "too-large, too-many-files, or as for an upload that is refused"})


class ListedEmailSchema(ma.Schema):
    """A line of the list; opening the e-mail shows its words."""

    id = ma.fields.UUID(required=True)
    state = _Text(required=True, validate=OneOf(STATES))
    taken_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)
    subject_line = _Text(required=True)
    named_complaint = _Text(
        required=True, allow_none=True, metadata={"description": "number of a complaint that the subject names"}
    )
    complaint_no = _Text(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)


class EmailSchema(ListedEmailSchema):
    """An e-mail with its words, once plain."""

    sender = _Text(required=True)
    sender_name = _Text(required=True)
    words = _Text(required=True)
    cut = _Bool(required=True, metadata={"description": "whether it was longer than what is kept"})
    files = ma.fields.List(ma.fields.Nested(EmailFileSchema), required=True)
    left_out = ma.fields.List(ma.fields.Nested(LeftOutSchema), required=True)
    decided_by = _Text(required=True, allow_none=True)
    reason = _Text(required=True, allow_none=True)


class ConfirmedSchema(ma.Schema):
    complaint_no = _Text(required=True)
    tracking_code = _Text(required=True, metadata={"description": "given only here, and to the citizen"})
    answer_due = Moment(required=True)


class AttachedSchema(ma.Schema):
    complaint_no = _Text(required=True)
    reply = _Bool(
        required=True, metadata={"description": "whether its words are the citizen's reply to the office's question"}
    )

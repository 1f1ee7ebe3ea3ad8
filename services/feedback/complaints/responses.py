"""Response schemas of complaints: the public part, lines of lists, and the parts that only some may see."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.web.fields import Moment
from services.feedback.answers.schemas import DraftSchema
from services.feedback.attachments.schemas import AttachmentSchema
from services.feedback.complaints.vocabulary import STATUSES
from services.feedback.coordination.schemas import CoordinationSchema
from services.feedback.directory.schemas import OfficeSchema
from services.feedback.letters.schemas import LetterSchema

_Text, _Int, _Bool = ma.fields.String, ma.fields.Integer, ma.fields.Boolean


class CreatedSchema(ma.Schema):
    """What the filer must keep: the tracking code is given only here (and by SMS, sealed in transit)."""

    complaint_no = _Text(required=True, metadata={"example": "PA-261123-000001-2"})
    tracking_code = _Text(required=True, metadata={"example": "ABCD-EFGH-JKLM-NPQR"})
    status = _Text(required=True, validate=OneOf(STATUSES))
    answer_due = Moment(required=True)
    accountable = _Text(required=True, metadata={"description": "who is accountable until it is settled (F3)"})


class AccountableSchema(ma.Schema):
    """The accountable director, of the receiving province, until it is settled (F3)."""

    office = ma.fields.Nested(OfficeSchema, required=True)
    title = _Text(required=True)


class BoardSchema(ma.Schema):
    code = _Text(required=True)
    name = _Text(required=True)


class PublicStepSchema(ma.Schema):
    """A step as the public sees it: what, when and which role; no words, no names."""

    at = Moment(required=True)
    kind = _Text(required=True)
    role = _Text(required=True)
    step = _Text(attribute="details.step", metadata={"description": "of `due_soon` and `overdue`"})
    level = _Int(attribute="details.level", metadata={"description": "of `overdue`: 1 director, 2 board, 3 IT centre"})


class DueSchema(ma.Schema):
    acknowledge = Moment(required=True)
    route = Moment(required=True)
    answer = Moment(required=True)


class PublicSchema(ma.Schema):
    """The public part, by number alone (F8): steps, dates, who is accountable; no personal data."""

    complaint_no = _Text(required=True)
    status = _Text(required=True, validate=OneOf(STATUSES))
    category_code = _Text(required=True)
    category_name = _Text(required=True)
    board = ma.fields.Nested(BoardSchema, required=True)
    accountable = ma.fields.Nested(AccountableSchema, required=True)
    due = ma.fields.Nested(DueSchema, required=True)
    late = _Bool(required=True)
    received_at = Moment(required=True)
    acknowledged_at = Moment(required=True, allow_none=True)
    routed_at = Moment(required=True, allow_none=True)
    answered_at = Moment(required=True, allow_none=True)
    waiting_until = Moment(required=True, allow_none=True)
    reopen_until = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(PublicStepSchema), required=True)


class ListedSchema(ma.Schema):
    """A line of a list; opening the complaint shows the citizen's data."""

    complaint_no = _Text(required=True)
    status = _Text(required=True)
    channel = _Text(required=True)
    category_code = _Text(required=True)
    board_code = _Text(required=True)
    province_code = _Text(required=True)
    subject_line = _Text(required=True)
    received_at = Moment(required=True)
    due_at = Moment(required=True, metadata={"description": "when the open step is due"})
    answer_due = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)
    late = _Bool(required=True, attribute="is_late")
    escalation_level = _Int(required=True)
    reminders = _Int(required=True)
    reopened_count = _Int(required=True)
    rating = _Int(required=True, allow_none=True)
    seen_by_board = _Bool(required=True)
    linked_to = _Text(required=True, allow_none=True)


class StandingSchema(ma.Schema):
    """The state of a complaint after a step."""

    complaint_no = _Text(required=True)
    status = _Text(required=True, validate=OneOf(STATUSES))
    category_code = _Text(required=True)
    board_code = _Text(required=True)
    province_code = _Text(required=True, metadata={"description": "the accountable province; never changes (F4)"})
    due_at = Moment(required=True)
    answer_due = Moment(required=True)


class BulkLineSchema(ma.Schema):
    complaint_no = _Text(required=True)
    reason = _Text(required=True, metadata={"description": "kind of the refusal, as for a single complaint"})


class BulkSchema(ma.Schema):
    done = ma.fields.List(_Text(), required=True)
    refused = ma.fields.List(ma.fields.Nested(BulkLineSchema), required=True)


class ContentSchema(ma.Schema):
    """The conversation: for the citizen, the accountable province, provinces it asks for help, and the board."""

    subject_line = _Text(required=True)
    body = _Text(required=True)
    question = _Text(required=True, allow_none=True)
    reply = _Text(required=True, allow_none=True)
    answer = _Text(required=True, allow_none=True, metadata={"description": "the latest answer sent"})
    letter = ma.fields.Nested(
        LetterSchema, required=True, allow_none=True, metadata={"description": "the letter with it: GET …/letter"}
    )
    reopen_reason = _Text(required=True, allow_none=True)
    rating = _Int(required=True, allow_none=True)
    rating_comment = _Text(required=True, allow_none=True)
    attachments = ma.fields.List(ma.fields.Nested(AttachmentSchema), required=True)
    linked_to = _Text(
        required=True, allow_none=True, metadata={"description": "number of an earlier, nearly identical complaint"}
    )


class ContactShownSchema(ma.Schema):
    full_name = _Text(required=True, allow_none=True)
    phone = _Text(required=True, allow_none=True)
    email = _Text(required=True, allow_none=True)


class StepSchema(ma.Schema):
    at = Moment(required=True)
    kind = _Text(required=True)
    role = _Text(required=True)
    actor = _Text(required=True, allow_none=True)
    office_code = _Text(required=True, allow_none=True)
    details: ma.fields.Field[Any] = ma.fields.Dict(required=True)


class AttachedEmailSchema(ma.Schema):
    """An e-mail that a clerk attached; its sender may be another than the citizen."""

    id = ma.fields.UUID(required=True)
    taken_at = Moment(required=True)
    sender = _Text(required=True)
    words = _Text(required=True)


class WritingSchema(ma.Schema):
    """What somebody is writing before it is handed in: that there is something, not the words."""

    writer = _Text(required=True)
    version = _Int(required=True)
    saved_at = Moment(required=True)


class WorkSchema(ma.Schema):
    """Further data for staff. `about`: officer, office or director, if it is about one (F9). `contact`, `bhxh_code`, drafts: only for the accountable province (asked ones see the code)."""

    about = _Text(required=True, allow_none=True)
    channel = _Text(required=True)
    province_code = _Text(required=True)
    unit = _Text(required=True, allow_none=True)
    owner_id = _Text(required=True, allow_none=True, metadata={"description": "account of whoever has taken it"})
    owned_at = Moment(required=True, allow_none=True)
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
    emails = ma.fields.List(
        ma.fields.Nested(AttachedEmailSchema), required=True, metadata={"description": "e-mails attached to it"}
    )
    coordinations = ma.fields.List(ma.fields.Nested(CoordinationSchema), required=True)
    history = ma.fields.List(ma.fields.Nested(StepSchema), required=True)
    writing = ma.fields.List(
        ma.fields.Nested(WritingSchema), required=True, metadata={"description": "who is writing an answer; newest first"}
    )
    names = ma.fields.Dict(
        keys=_Text(),
        values=_Text(),
        required=True,
        metadata={"description": "the names, where known, of the accounts that stand in this part"},
    )


class ComplaintShownSchema(PublicSchema):
    """A complaint: the public part for everybody; the other parts are null for callers who may not see them."""

    content = ma.fields.Nested(ContentSchema, required=True, allow_none=True)
    work = ma.fields.Nested(WorkSchema, required=True, allow_none=True)

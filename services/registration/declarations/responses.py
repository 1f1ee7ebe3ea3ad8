"""Response schemas of declarations."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.web.fields import Moment
from services.registration.declarations.rules import STATUSES


class CreatedSchema(ma.Schema):
    """What the filer must keep: the tracking code is given only here."""

    draft_id = ma.fields.String(
        required=True,
        metadata={
            "example": "019aa5b5-c0de-7000-a000-000000000001",
            "description": "stands for the number in every path, until submission gives the dossier one",
        },
    )
    dossier_no = ma.fields.String(
        metadata={"description": "only while a process of the previous release serves beside this one"}
    )
    tracking_code = ma.fields.String(required=True, metadata={"description": "send it with every further request"})
    status = ma.fields.String(required=True, validate=OneOf(("draft",)))


class SubmittedSchema(ma.Schema):
    """The dossier has been submitted."""

    dossier_no = ma.fields.String(required=True, metadata={"example": "261121-000001-6"})
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    submitted_at = Moment(required=True)
    last_day = ma.fields.Date(
        required=True,
        allow_none=True,
        metadata={
            "description": "the last day to come, or filed by post, to post the papers (I12), until 24:00; null where neither is required"
        },
    )
    expires_at = Moment(
        required=True, allow_none=True, metadata={"description": "the first instant after `last_day`, Vietnam's time"}
    )
    phone_proved = ma.fields.Boolean(
        required=True,
        metadata={"description": "false: no more SMS than the one with the number until an officer confirms the phone"},
    )


class ReceivingOfficeSchema(ma.Schema):
    """The receiving office, as the declaration names it."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    province_code = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)


class RefusalSchema(ma.Schema):
    """Why the office rejected it (V8)."""

    reason_code = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class StatusSchema(ma.Schema):
    """How far a declaration has come. No personal data, except what an officer's reason for rejecting may say."""

    draft_id = ma.fields.String(required=True)
    dossier_no = ma.fields.String(
        required=True,
        allow_none=True,
        attribute="number",
        metadata={"description": "null for a draft", "example": "261121-000001-6"},
    )
    kind = ma.fields.String(required=True)
    route = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    office = ma.fields.Nested(ReceivingOfficeSchema, required=True)
    filing = ma.fields.String(required=True)
    warnings = ma.fields.List(
        ma.fields.String(),
        required=True,
        attribute="odd_fields",
        metadata={"description": "fields that look odd and block nothing (I9)"},
    )
    attachments = ma.fields.List(
        ma.fields.String(),
        attribute="documents",
        required=True,
        metadata={"description": "the kinds of the documents received"},
    )
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    phone_proved = ma.fields.Boolean(required=True)
    created_at = Moment(required=True)
    submitted_at = Moment(required=True, allow_none=True)
    last_day = ma.fields.Date(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    received_at = Moment(required=True, allow_none=True)
    left_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "since when it has been known as received and left unfinished (I6)"},
    )
    withdrawable = ma.fields.Boolean(
        required=True, attribute="may_be_withdrawn", metadata={"description": "DELETE withdraws it now"}
    )
    awaited = ma.fields.List(
        ma.fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "pictures that an officer has asked for, to be sent by the last day (702 app. 1 step 8)"},
    )
    ended_at = Moment(required=True, allow_none=True)

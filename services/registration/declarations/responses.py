"""Response schemas of declarations."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.web.fields import Moment
from services.registration.declarations.rules import STATUSES


class CreatedSchema(ma.Schema):
    """What the filer must keep: the tracking code is given only here."""

    dossier_no = ma.fields.String(required=True, metadata={"example": "261121-000001-6"})
    tracking_code = ma.fields.String(required=True, metadata={"description": "send it with every further request"})
    status = ma.fields.String(required=True, validate=OneOf(("draft",)))


class SubmittedSchema(ma.Schema):
    """The dossier has been submitted."""

    dossier_no = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    submitted_at = Moment(required=True)
    expires_at = Moment(
        required=True,
        allow_none=True,
        metadata={
            "description": "until when to come, or filed by post, to post the papers (I12); null: neither is required"
        },
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

    dossier_no = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    route = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    office = ma.fields.Nested(ReceivingOfficeSchema, required=True)
    filing = ma.fields.String(required=True)
    warnings = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "fields that look odd and block nothing (I9)"}
    )
    attachments = ma.fields.List(
        ma.fields.String(),
        attribute="documents",
        required=True,
        metadata={"description": "the kinds of the documents received"},
    )
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    created_at = Moment(required=True)
    submitted_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    received_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)

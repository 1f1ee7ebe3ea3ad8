"""What is answered about a declaration."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.text.bilingual import bilingual
from services.chassis.web.fields import Moment
from services.registration.model import STATUSES, UPLOADS


class CreatedSchema(ma.Schema):
    """What is kept by whoever files: the code is told only here."""

    dossier_no = ma.fields.String(required=True, metadata={"example": "261121-000001-6"})
    tracking_code = ma.fields.String(required=True, metadata={"description": "goes with each further request"})
    status = ma.fields.String(required=True, validate=OneOf(("draft",)))


class SubmitSchema(ma.Schema):
    """I4: nothing is sent until the person has answered "Đồng ý"."""

    commitment = ma.fields.Boolean(required=True, truthy={True}, falsy={False})

    @ma.validates("commitment")
    def _agreed(self, value: bool, **_: Any) -> None:
        if not value:
            raise ma.ValidationError(
                bilingual(
                    vi="Phải chọn “Đồng ý” với cam kết thì tờ khai mới được gửi. Muốn huỷ thì xoá bản nháp.",
                    en="The declaration is sent only with the commitment. To cancel, delete the draft.",
                )
            )


class SubmittedSchema(ma.Schema):
    """The dossier is on its way."""

    dossier_no = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    submitted_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True, metadata={"description": "null where no visit is awaited"})


class ReceivingOfficeSchema(ma.Schema):
    """The receiving office, as the declaration names it."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    province_code = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)


class RefusalSchema(ma.Schema):
    """Why the office refused it (V8)."""

    reason_code = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class StatusSchema(ma.Schema):
    """How far a declaration has come. Nothing of the person's data but an officer's words about them."""

    dossier_no = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    route = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=OneOf(STATUSES))
    office = ma.fields.Nested(ReceivingOfficeSchema, required=True)
    filing = ma.fields.String(required=True)
    warnings = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "fields that look odd and block nothing (I9)"}
    )
    attachments = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "the kinds that are there"})
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    created_at = Moment(required=True)
    submitted_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    received_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class AttachmentSchema(ma.Schema):
    """A document as it is kept: pictures are written anew, so hash and size are not those of what was sent."""

    kind = ma.fields.String(required=True, validate=OneOf(UPLOADS))
    sha256 = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)

"""Facts about declarations that were submitted or withdrawn."""

from datetime import date, datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public, secret
from services.registration.declarations.parts import (
    EXAMPLE_CONTACT,
    EXAMPLE_DOCUMENT,
    EXAMPLE_NUMBER,
    EXAMPLE_OFFICE,
    EXAMPLE_SUBJECT,
    KINDS,
    ROUTES,
    Attachment,
    Contact,
    Guardian,
    Office,
    Parent,
    Subject,
)


class DeclarationGivenBack(
    Fact,
    name="declaration_given_back",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "status": "rejected",
        "received_at": "2026-11-23T10:00:00+07:00",
        "ended_at": "2026-11-23T10:06:00+07:00",
        "reason_code": "id_differs",
        "reason": "Họ tên trên giấy tờ tuỳ thân khác với tờ khai.",
    },
):
    """How far a declaration has come, told on command to a verification that was restored from a backup. Never to other agencies."""

    dossier_no: str = private(fields.String(required=True))
    status: str = private(fields.String(required=True))
    received_at: datetime | None = private(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    ended_at: datetime | None = private(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    reason_code: str | None = private(fields.String(required=True, allow_none=True))
    reason: str | None = private(fields.String(required=True, allow_none=True))


class DeclarationSubmitted(
    Fact,
    name="declaration_submitted",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "channel": "web",
        "submitted_at": "2026-11-21T09:30:00+07:00",
        "expires_at": "2026-12-02T00:00:00+07:00",
        "last_day": "2026-12-01",
        "subject": EXAMPLE_SUBJECT,
        "contact": EXAMPLE_CONTACT,
        "guardian": None,
        "office": EXAMPLE_OFFICE,
        "filing": "counter",
        "attachments": [
            {
                "kind": "portrait",
                "document_id": EXAMPLE_DOCUMENT,
                "sha256": "a" * 64,
                "content_type": "image/jpeg",
                "size": 48213,
            }
        ],
        "signature": None,
        "warnings": ["id_number"],
        "sealed_form_link": None,
    },
):
    """A citizen has sent Form 01 (I4, I5). For a child filed by its guardian a box holds the token of a link to the form.

    The box holds `{"form_token": "…"}`, sealed with the context `form-link:<dossier_no>`.
    """

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    channel: str = public(
        fields.String(required=True, metadata={"description": "web, app, office, mobile_desk, customer_care"})
    )
    submitted_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime | None = public(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    last_day: date | None = public(
        fields.Date(
            load_default=None,
            allow_none=True,
            metadata={"description": "the day whose end in Vietnam is `expires_at`; null where no visit is required"},
        ),
        default=None,
    )
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = private(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    filing: str = public(fields.String(required=True, metadata={"description": "counter, post"}))
    attachments: list[dict[str, Any]] = private(fields.List(fields.Nested(Attachment), required=True))
    signature: dict[str, Any] | None = private(fields.Dict(keys=fields.String(), required=True, allow_none=True))
    phone_proved: bool = private(
        fields.Boolean(
            load_default=True,
            metadata={
                "description": "false: it gets the SMS with the number, and nothing else until an officer confirms it (I11)"
            },
        ),
        default=True,
    )
    draft_id: str | None = private(
        fields.String(
            load_default=None,
            allow_none=True,
            metadata={"description": "what registration called it before it had a number"},
        ),
        default=None,
    )
    contact_person: str | None = private(
        fields.String(
            load_default=None, allow_none=True, metadata={"description": "null: the person, or the parent or guardian"}
        ),
        default=None,
    )
    registered_with: str | None = private(
        fields.String(load_default=None, allow_none=True, metadata={"description": "portal, ivan"}), default=None
    )
    ivan_name: str | None = public(
        fields.String(
            load_default=None, allow_none=True, metadata={"description": "name of the chosen I-VAN organisation (I13)"}
        ),
        default=None,
    )
    start_date: date | None = private(fields.Date(load_default=None, allow_none=True), default=None)
    letters_until: datetime | None = public(
        fields.AwareDateTime(
            load_default=None,
            allow_none=True,
            format="iso",
            metadata={"description": "filed by post: until when an office may record a letter posted in time (I12)"},
        ),
        default=None,
    )
    parent: dict[str, Any] | None = private(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    warnings: list[str] = private(
        fields.List(
            fields.String(),
            load_default=list,
            metadata={
                "description": "fields that look odd and block nothing (I9); `account`: none is known under the code of an adjust or stop; "
                "`has_account`: one is known under the code of a registration (I8)"
            },
        ),
        default=(),
    )
    sealed_form_link: str | None = secret(fields.String(load_default=None, allow_none=True), default=None)


class DeclarationWithdrawn(
    Fact,
    name="declaration_withdrawn",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "withdrawn_at": "2026-11-22T08:00:00+07:00",
    },
):
    """A submitted declaration ended before an officer received it: the person took it back, or another took its place (I8)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    withdrawn_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    superseded_by: str | None = public(
        fields.String(
            load_default=None,
            allow_none=True,
            metadata={"description": "dossier number of the registration that took its place at a counter (I8)"},
        ),
        default=None,
    )
    contact: dict[str, Any] | None = private(
        fields.Nested(
            Contact, load_default=None, allow_none=True, metadata={"description": "whom to tell; only of one superseded"}
        ),
        default=None,
    )

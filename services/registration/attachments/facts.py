"""The fact that a document was added to a declaration."""

from datetime import date, datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private
from services.registration.declarations.parts import EXAMPLE_CONTACT, EXAMPLE_DOCUMENT, EXAMPLE_NUMBER, Attachment, Contact


class AttachmentAdded(
    Fact,
    name="attachment_added",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "attachment": {
            "kind": "form_pdf",
            "document_id": EXAMPLE_DOCUMENT,
            "sha256": "b" * 64,
            "content_type": "application/pdf",
            "size": 61234,
        },
        "added_at": "2026-11-21T09:30:02+07:00",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
        "last_day": "2026-12-01",
        "route": "portal",
    },
):
    """A document came to a submitted declaration: the generated Form 01 (`form_pdf`), or one that the person sent later.

    Each new Form 01 replaces the one before: after a correction, and when a picture was added.
    """

    dossier_no: str = private(fields.String(required=True))
    attachment: dict[str, Any] = private(fields.Nested(Attachment, required=True))
    added_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    last_day: date | None = private(
        fields.Date(load_default=None, allow_none=True, metadata={"description": "until when the person may come (I6)"}),
        default=None,
    )
    filing: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    route: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    corrected_at: datetime | None = private(
        fields.AwareDateTime(
            load_default=None,
            allow_none=True,
            format="iso",
            metadata={"description": "the newest correction by an officer that this document comes after"},
        ),
        default=None,
    )
    made_for: str | None = private(
        fields.String(
            load_default=None,
            allow_none=True,
            metadata={"description": "why the form was made: submission, correction, picture (one was added)"},
        ),
        default=None,
    )

"""Request and response schemas of `GET /messages`."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.chassis.text.bilingual import bilingual
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import QuotedNumber
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.facts import CHANNELS
from services.notifications.messages.rules import DELIVERED, FAILED, SENT, WAITING

_LONGEST_REF = 64


class MaskedAddress(ma.fields.String):
    """A phone number or e-mail address, shown masked."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return masked(value)


class MessageQuery(paging.PageQuery):
    """Filters of the list."""

    ref = QuotedNumber(
        validate=ma.validate.Length(1, _LONGEST_REF),
        metadata={"description": "dossier number, complaint number or account id"},
    )
    secrets_undelivered = ma.fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "true: first passwords and codes that failed, are held, or of which nobody knows whether they arrived: "
            "support's task list. Either this or `ref`"
        },
    )

    @ma.validates_schema
    def _names_something(self, data: dict[str, Any], **_: Any) -> None:
        if "ref" not in data and not data.get("secrets_undelivered"):
            raise ma.ValidationError(
                bilingual(vi="Cần ref hoặc secrets_undelivered=true.", en="Name `ref`, or secrets_undelivered=true."), "ref"
            )


class MessageSchema(ma.Schema):
    """One message, with its address masked and without its text."""

    message_id = ma.fields.UUID(required=True, attribute="id")
    template = ma.fields.String(required=True, validate=ma.validate.OneOf(sorted(TEMPLATES)))
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    to = MaskedAddress(
        required=True,
        allow_none=True,
        attribute="address",
        metadata={"description": "masked; null once erased after MESSAGE_KEEP_DAYS", "example": "+84******986"},
    )
    status = ma.fields.String(required=True, validate=ma.validate.OneOf([WAITING, SENT, DELIVERED, FAILED]))
    road = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "by which provider an SMS went", "example": "twilio"}
    )
    code = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "why it failed, is held, or is in doubt (`unconfirmed`)"}
    )
    held_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "since when it is kept until an operator has helped; null: it is not"},
    )
    ref = ma.fields.String(required=True, metadata={"description": "what it is about", "example": "261121-000001-6"})
    segments = ma.fields.Integer(required=True, allow_none=True)
    clock = ma.fields.String(required=True, attribute="urgency", metadata={"example": "15-minutes"})
    deadline_at = Moment(required=True, allow_none=True)
    deadline_missed = ma.fields.Boolean(required=True, attribute="missed")
    created_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)
    delivered_at = Moment(required=True, allow_none=True)
    failed_at = Moment(required=True, allow_none=True)


def masked(address: str | None) -> str | None:
    """Return the address masked, still recognisable to its owner: `+84983847986` → `+84******986`, `bien@vss.gov.vn` → `b***@vss.gov.vn`."""
    if address is None:
        return None
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{address[:3]}{'*' * max(len(address) - 6, 3)}{address[-3:]}"

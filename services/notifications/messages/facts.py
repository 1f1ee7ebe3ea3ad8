"""Facts about the fate of a message: sent, delivered, failed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public

CHANNELS = ("sms", "email")

#: the fields of `AboutMessage`, for the examples
EXAMPLE = {"message_id": "019aa5b5-c0de-7000-a000-00000000000d", "template": "account_activated", "channel": "sms"}


@dataclass(frozen=True, kw_only=True)
class AboutMessage:
    """The fields that identify the message."""

    message_id: str = public(fields.String(required=True))
    template: str = public(fields.String(required=True))
    channel: str = public(fields.String(required=True, validate=OneOf(CHANNELS)))


def named(message: Any) -> dict[str, Any]:
    """Return the fields of `AboutMessage` for a message, or for a row with its columns."""
    return {"message_id": str(message.id), "template": message.template, "channel": message.channel}


class MessageSent(
    AboutMessage,
    Fact,
    name="message_sent",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**EXAMPLE, "sent_at": "2026-11-23T10:06:02+07:00", "segments": 1},
):
    """A provider has taken a message."""

    sent_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    segments: int | None = public(fields.Integer(required=True, allow_none=True))


class MessageDelivered(
    AboutMessage,
    Fact,
    name="message_delivered",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**EXAMPLE, "delivered_at": "2026-11-23T10:06:04+07:00"},
):
    """The provider says that a message has arrived."""

    delivered_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class MessageFailed(
    AboutMessage,
    Fact,
    name="message_failed",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**EXAMPLE, "failed_at": "2026-11-23T10:06:04+07:00", "code": "unreachable_number"},
):
    """A message will not arrive: refused by the provider, or the tries are used up; or bounced after a delivery had been told."""

    failed_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    code: str = public(fields.String(required=True))


class PasswordDeliveryReported(
    Fact,
    name="password_delivery_reported",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "outcome": "failed",
        "code": "unreachable_number",
        "reported_at": "2026-11-23T10:06:04+07:00",
    },
):
    """The SMS with a first password will not arrive (A2), or did after all: whoever approved the dossier can act on it."""

    dossier_no: str = private(fields.String(required=True))
    outcome: str = private(fields.String(required=True, metadata={"description": "failed; sent: retried; delivered"}))
    code: str | None = private(fields.String(required=True, allow_none=True))
    reported_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    held: bool | None = private(
        fields.Boolean(
            load_default=None,
            allow_none=True,
            metadata={
                "description": "true: it is kept, and goes out once an operator has helped; nothing is wrong with the phone"
            },
        ),
        default=None,
    )

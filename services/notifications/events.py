"""What notifications tells: see docs/facts/events.md for the catalogue made of this.

Nobody has to read these: they are for other agencies and for counting.
"""

from datetime import datetime

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, public

CHANNELS = ("sms", "email")

_ID = "019aa5b5-c0de-7000-a000-00000000000d"
_BASE = {"message_id": _ID, "template": "account_activated", "channel": "sms"}


class MessageSent(
    Fact,
    name="message_sent",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**_BASE, "sent_at": "2026-11-23T10:06:02+07:00", "segments": 1},
):
    """A provider has taken a message."""

    message_id: str = public(fields.String(required=True))
    template: str = public(fields.String(required=True))
    channel: str = public(fields.String(required=True, validate=OneOf(CHANNELS)))
    sent_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    segments: int | None = public(fields.Integer(required=True, allow_none=True))


class MessageDelivered(
    Fact,
    name="message_delivered",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**_BASE, "delivered_at": "2026-11-23T10:06:04+07:00"},
):
    """The provider says that a message has arrived."""

    message_id: str = public(fields.String(required=True))
    template: str = public(fields.String(required=True))
    channel: str = public(fields.String(required=True, validate=OneOf(CHANNELS)))
    delivered_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class MessageFailed(
    Fact,
    name="message_failed",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**_BASE, "failed_at": "2026-11-23T10:06:04+07:00", "code": "unreachable_number"},
):
    """A message will not arrive: refused by the provider, or the tries are used up."""

    message_id: str = public(fields.String(required=True))
    template: str = public(fields.String(required=True))
    channel: str = public(fields.String(required=True, validate=OneOf(CHANNELS)))
    failed_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    code: str = public(fields.String(required=True))


class DeadlineMissed(
    Fact,
    name="deadline_missed",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**_BASE, "deadline_at": "2026-11-23T10:20:00+07:00", "clock": "15-minutes"},
):
    """A legal clock ran out before the message was handed over (2659: 15 minutes; 3 working days at a counter)."""

    message_id: str = public(fields.String(required=True))
    template: str = public(fields.String(required=True))
    channel: str = public(fields.String(required=True, validate=OneOf(CHANNELS)))
    deadline_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    clock: str = public(fields.String(required=True))


FACTS = (MessageSent, MessageDelivered, MessageFailed, DeadlineMissed)

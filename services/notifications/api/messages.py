"""What has become of the messages about a dossier, complaint or account: for support on the telephone."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from services.chassis.web import auth, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.resources import resources
from services.notifications.events import CHANNELS
from services.notifications.messages import TEMPLATES
from services.notifications.model import DELIVERED, FAILED, SENT, WAITING, Message

messages = Blueprint("messages", url_prefix="/messages", description="Messages and what became of them")

_LONGEST_REF = 64


class MessageQuery(paging.PageQuery):
    """Which messages."""

    ref = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, _LONGEST_REF),
        metadata={"description": "dossier number, complaint number or account id", "example": "261121-000001-8"},
    )


class MessageSchema(ma.Schema):
    """One message: never its text, and only a glimpse of its address."""

    message_id = ma.fields.UUID(required=True)
    template = ma.fields.String(required=True, validate=ma.validate.OneOf(sorted(TEMPLATES)))
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    to = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "masked; null when forgotten after MESSAGE_KEEP_DAYS", "example": "+84******986"},
    )
    status = ma.fields.String(required=True, validate=ma.validate.OneOf([WAITING, SENT, DELIVERED, FAILED]))
    code = ma.fields.String(required=True, allow_none=True, metadata={"description": "why it failed"})
    segments = ma.fields.Integer(required=True, allow_none=True)
    clock = ma.fields.String(required=True, metadata={"example": "15-minutes"})
    deadline_at = Moment(required=True, allow_none=True)
    deadline_missed = ma.fields.Boolean(required=True)
    created_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)
    delivered_at = Moment(required=True, allow_none=True)
    failed_at = Moment(required=True, allow_none=True)


@messages.route("")
@auth.requires("support", "director", "admin")
@messages.arguments(MessageQuery, location="query")
@messages.response(200, paging.page_of(MessageSchema), description="Newest first")
@messages.alt_response(422, "UNPROCESSABLE_ENTITY")
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """The messages about a dossier, complaint or account."""
    with resources.db.read() as session:
        about = sa.select(Message).where(Message.ref == query["ref"])
        page = paging.fetch(session, about, by=(Message.created_at, Message.id), query=query)
        return page | {"items": [_shown(message) for message in page["items"]]}


def _shown(message: Message) -> dict[str, Any]:
    same = ("template", "channel", "status", "code", "segments", "clock", "deadline_at")
    times = ("created_at", "sent_at", "delivered_at", "failed_at")
    return {
        "message_id": message.id,
        "to": masked(message.address),
        "deadline_missed": message.missed,
        **{name: getattr(message, name) for name in same + times},
    }


def masked(address: str | None) -> str | None:
    """`+84983847986` → `+84******986`, `bien@vss.gov.vn` → `b***@vss.gov.vn`: enough for the caller to recognise."""
    if address is None:
        return None
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{address[:3]}{'*' * max(len(address) - 6, 3)}{address[-3:]}"

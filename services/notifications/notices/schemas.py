"""Request and response schemas of `GET /notices`."""

from __future__ import annotations

import marshmallow as ma

from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.notifications.notices.rules import Kind

_KINDS = [kind.value for kind in Kind]


class NoticeQuery(paging.PageQuery):
    """Filters of the list."""

    kind = ma.fields.String(validate=ma.validate.OneOf(_KINDS))


class NoticeSchema(ma.Schema):
    """One notice."""

    provider = ma.fields.String(required=True, metadata={"example": "ses"})
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(_KINDS))
    detail = ma.fields.String(required=True, metadata={"description": "a word of the provider's", "example": "abuse"})
    message_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "the message that it concerns, if it is one of ours"}
    )
    received_at = Moment(required=True)

"""Tell by e-mail what an SMS should have told that has finally failed (N17)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.notifications.messages import codes
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.compose import Draft, identity, put
from services.notifications.messages.rules import FAILED, Message
from services.notifications.messages.schemas import masked
from services.notifications.messages.texts import MASK, Texts
from services.notifications.settings import Settings

_TEMPLATE = TEMPLATES["sms_undelivered"]
#: ended by ourselves: there is nothing left to tell
_NO_NEWS = frozenset({codes.EXPIRED, codes.DOSSIER_ENDED, codes.REPLACED})


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweep that finds such SMS."""
    texts = Texts(resources.settings)

    def tell(session: Session, message: Message) -> None:
        kept, message.fallback = json.loads(message.fallback or "{}"), None
        if message.code in _NO_NEWS:
            return
        secret = TEMPLATES[kept["template"]].secret
        values = {secret: MASK} | kept["values"] if secret else kept["values"]
        payload = {
            "template": _TEMPLATE.name,
            "values": {
                "ref": message.ref,
                "phone": masked(message.address),
                "text": texts.sms(kept["template"], values),
                "never_sent": message.sent_at is None,
            },
        }
        id_ = identity(message.id, _TEMPLATE.name, "email")
        put(session, Draft(id_, _TEMPLATE, "email", kept["to"], message.ref, _TEMPLATE.urgency), payload)

    return [Sweep("tell_undelivered", _failed, tell, limit=Limit.PEOPLE, every_seconds=10.0)]


def _failed(_now: datetime) -> sa.Select[Any]:
    return sa.select(Message).where(Message.fallback.is_not(None), Message.status == FAILED)

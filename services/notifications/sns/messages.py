"""Take the messages of an SNS topic: news of the topic itself here, and what it carries by whoever knows it.

Everything here is rightly signed. What is of no kind that we know is kept as a notice and alarmed, and never answered with an error:
SNS would repeat it and then end the subscription.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.database import ServiceSession
from services.notifications.notices.rules import Kind, keep_notice

#: takes what a notification carries: SNS's id of it, and the text
TakeText = Callable[[ServiceSession, str, str], None]
_LONGEST_ID = 128
_VALIDATION = "Successfully validated SNS topic"


def take_message(session: ServiceSession, message: Mapping[str, Any], provider: str, take_text: TakeText) -> None:
    """Take one message of the topic, whose signature has been checked. `provider`: whose events the topic carries."""
    id_, text = safe_id(message.get("MessageId")), str(message.get("Message", ""))
    match message["Type"]:
        case "SubscriptionConfirmation":
            keep_notice(session, "sns", Kind.VALIDATION, id_=id_, detail="subscription confirmed")
        case "UnsubscribeConfirmation":
            keep_notice(session, "sns", Kind.UNSUBSCRIBED, id_=id_, detail="subscription ended")
        case _ if text.startswith(_VALIDATION):
            keep_notice(session, provider, Kind.VALIDATION, id_=id_, detail="topic validated")
        case _:
            take_text(session, id_, text)


def event_in(text: str) -> dict[str, Any] | None:
    """Return the event that a notification carries as JSON; None if it carries none."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def safe_id(value: object) -> str:
    """Return an id of the other side's as it can be kept."""
    return str(value or "").replace("\x00", "")[:_LONGEST_ID]

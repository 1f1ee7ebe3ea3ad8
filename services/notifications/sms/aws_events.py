"""Take what AWS End User Messaging tells of an SMS that it took. Apart from the client, so that only who sends by AWS imports boto3."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.observe.logs import get_logger
from services.chassis.verdicts import Fault, Verdict, Verdicts
from services.notifications.messages.receipts import Receipt
from services.notifications.messages.updates import lock_message
from services.notifications.notices.rules import Kind, keep_notice
from services.notifications.sms.port import AWS
from services.notifications.sns.messages import event_in, safe_id

log = get_logger(__name__)

TABLE = Verdicts.load(Path(__file__).with_name("aws.toml"))
#: the key in an SMS's context by which its events name our message
TAG = "message"
#: the topic's provider, as the callback's path and notices name it
PROVIDER = "aws-sms"
_ARRIVED = "arrived"


def take_text(session: ServiceSession, id_: str, text: str) -> None:
    """Take what a notification of the topic carries. `id_`: SNS's id of it.

    What is of no type that we know is kept as a notice and alarmed. An event that is not final says that the SMS was taken, and no more:
    a failure of this moment may still become a delivery.
    """
    event = event_in(text) or {}
    kind = str(event.get("eventType", ""))
    verdict = TABLE.find(kind)
    message_id = _message_id(event.get("context"))
    if not verdict.source or not kind.startswith("TEXT_"):
        keep_notice(session, PROVIDER, Kind.UNKNOWN, id_=id_, detail=kind or "no event", message_id=message_id)
        return
    message = lock_message(session, message_id) if message_id else None
    if message is None:
        log.info("aws_event_of_others", kind=kind)  # an SMS of another system in the same account
        return
    aws_id, now = safe_id(event.get("messageId")), clock.now()
    if not aws_id:
        keep_notice(session, PROVIDER, Kind.UNKNOWN, id_=id_, detail=f"{kind} without an id", message_id=message_id)
    elif event.get("isFinal") is False or verdict.code == "news":
        message.mark_sent(at=now, provider_id=aws_id, road=AWS)
    else:
        message.take_receipt(_receipt_of(verdict), at=now, provider_id=aws_id, road=AWS)


def _receipt_of(verdict: Verdict) -> Receipt:
    if verdict.fault is Fault.NONE:
        return Receipt(delivered=verdict.code == _ARRIVED)
    return Receipt(code=verdict.code)


def _message_id(context: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(context[TAG])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None

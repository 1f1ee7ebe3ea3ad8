"""Take what SES tells us: how an e-mail ended, and what somebody said of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.observe.logs import get_logger
from services.chassis.verdicts import Fault
from services.notifications.mail.bounces import TABLE, receipt_of_bounce
from services.notifications.mail.port import TAG
from services.notifications.messages.codes import SUPPRESSED
from services.notifications.messages.receipts import Receipt
from services.notifications.messages.rules import Message
from services.notifications.messages.updates import lock_message
from services.notifications.notices.rules import Kind, keep_notice
from services.notifications.sns.messages import event_in, safe_id

log = get_logger(__name__)

#: the notice by which SES tries a new topic
_VALIDATION = "AmazonSnsSubscriptionSucceeded"
_SUPPRESSION = "OnAccountSuppressionList"


def take_text(session: ServiceSession, id_: str, text: str) -> None:
    """Take what a notification of SES's topic carries."""
    event = event_in(text)
    kind = _kind_of(event)
    if event is None or kind is None:
        keep_notice(session, "ses", Kind.UNKNOWN, id_=id_, detail="no event of SES")
    elif kind == _VALIDATION:
        keep_notice(session, "ses", Kind.VALIDATION, id_=id_, detail="topic validated")
    else:
        _take_event(session, id_, kind, event)


def _kind_of(event: Any) -> str | None:
    """Return the type of an event; feedback notifications, which an identity may have besides, call it otherwise."""
    kind = event.get("eventType", event.get("notificationType")) if isinstance(event, dict) else None
    return kind if isinstance(kind, str) else None


def _take_event(session: ServiceSession, id_: str, kind: str, event: Mapping[str, Any]) -> None:
    mail = event.get("mail")
    message_id = _message_id(mail)
    message = lock_message(session, message_id) if message_id else None
    ses_id = safe_id(mail.get("messageId")) if isinstance(mail, dict) else ""
    if kind == "Complaint":
        _take_complaint(session, id_, event, message, ses_id)
    elif TABLE.find(kind).fault is Fault.NONE:
        return
    elif (receipt := _receipt_of(kind, event)) is not None:
        if message is None:
            log.info("ses_event_of_others", kind=kind)  # an e-mail of another system in the same account
        else:
            message.take_receipt(receipt, at=clock.now(), provider_id=ses_id)
    elif kind == "Send":
        if message is not None:
            message.mark_sent(at=clock.now(), provider_id=ses_id)
    else:
        keep_notice(session, "ses", Kind.UNKNOWN, id_=id_, detail=kind, message_id=message.id if message else None)


def _receipt_of(kind: str, event: Mapping[str, Any]) -> Receipt | None:
    """Return what an event says of how the e-mail ended; None if it says nothing of that."""
    if kind == "Delivery":
        return Receipt(delivered=True)
    if kind == "Bounce":
        bounce = event.get("bounce")
        about = bounce if isinstance(bounce, dict) else {}
        return receipt_of_bounce(str(about.get("bounceType", "")), str(about.get("bounceSubType", "")))
    if kind in ("Reject", "Rendering Failure"):
        return Receipt(code=TABLE.find(kind).code, certain=True)
    return None


def _take_complaint(
    session: ServiceSession, id_: str, event: Mapping[str, Any], message: Message | None, ses_id: str
) -> None:
    """Keep a complaint: too many close our account. One from the suppression list means that SES did not even try."""
    given = event.get("complaint")
    about = given if isinstance(given, dict) else {}
    if about.get("complaintSubType") == _SUPPRESSION and message is not None:
        message.take_receipt(Receipt(code=SUPPRESSED, certain=True), at=clock.now(), provider_id=ses_id)
    said = str(about.get("complaintFeedbackType") or "no type")
    kind = Kind.NOT_SPAM if said == "not-spam" else Kind.COMPLAINT
    keep_notice(session, "ses", kind, id_=id_, detail=said, message_id=message.id if message else None)


def _message_id(mail: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(mail["tags"][TAG][0])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None

"""Receive SES's delivery reports through an SNS topic. They may arrive twice, late, and in any order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import request

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.body import parse_json
from services.chassis.web.problem import Problem
from services.notifications.mail.port import TAG
from services.notifications.mail.schemas import SnsMessage
from services.notifications.mail.sns import NotFromSns, Sns
from services.notifications.messages.codes import INVALID_ADDRESS, REFUSED
from services.notifications.messages.rules import Message
from services.notifications.messages.updates import lock_message
from services.notifications.settings import Settings

log = get_logger(__name__)

_LONGEST_ID = 128


def blueprints(resources: Resources[Settings]) -> list[Blueprint]:
    """Return the callback, which trusts the topic SES_TOPIC_ARN; without one it trusts nobody."""
    return [blueprint(resources, Sns(resources.settings.ses_topic_arn))]


def blueprint(resources: Resources[Settings], topic: Sns) -> Blueprint:
    """Return the callback for a given topic."""
    callbacks = Blueprint("ses", url_prefix="/callbacks/ses", description="Called by Amazon SNS with events of SES")

    @callbacks.route("", methods=["POST"])
    @callbacks.doc(requestBody={"required": True, "content": {"text/plain": {"schema": SnsMessage}}})
    @callbacks.response(204, description="Recorded, or nothing new")
    @callbacks.alt_response(400, "BAD_REQUEST")
    @callbacks.alt_response(403, "FORBIDDEN")
    @callbacks.alt_response(503, "SERVICE_UNAVAILABLE")
    def event() -> None:
        """Report what became of an e-mail."""
        message = parse_json(request.get_data())
        if not isinstance(message, dict):
            raise Problem(400)
        try:
            topic.check(message)
            if message["Type"] == "SubscriptionConfirmation":
                topic.confirm(message)
                log.info("ses_topic_confirmed")
                return
        except NotFromSns as error:
            log.warning("callback_refused", reason=str(error))
            raise Problem(
                403,
                "wrong-signature",
                vi="Chữ ký của Amazon SNS không đúng.",
                en="The signature is not that of our SNS topic.",
            ) from None
        if message["Type"] == "Notification":
            _take(resources.db, parse_json(str(message.get("Message", "")).encode()))

    return callbacks


def _take(db: Database, event: Any) -> None:
    """Record an SES event about one of our messages; ignore all others."""
    mail = event.get("mail") if isinstance(event, dict) else None
    message_id = _message_id(mail)
    if message_id is None:
        return  # an SNS notice about the topic itself, or another system's e-mail
    with db.write() as session:
        if message := lock_message(session, message_id):
            _record(message, event, str(event["mail"].get("messageId", ""))[:_LONGEST_ID])


def _record(message: Message, event: Mapping[str, Any], ses_id: str) -> None:
    now = clock.now()
    match event.get("eventType"):
        case "Delivery":
            message.report_delivery(at=now, provider_id=ses_id)
        case "Send":
            message.mark_sent(at=now, provider_id=ses_id)
        case "Bounce":
            message.report_failure(at=now, provider_id=ses_id, code=INVALID_ADDRESS)
        case "Reject" | "Rendering Failure":
            message.report_failure(at=now, provider_id=ses_id, code=REFUSED)


def _message_id(mail: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(mail["tags"][TAG][0])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None

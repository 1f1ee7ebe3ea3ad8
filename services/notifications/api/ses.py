"""What SES says of an e-mail after it has taken it, through an SNS topic. May come twice, late, and in any order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import request
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.body import parse_json
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources as found
from services.notifications.mail import INVALID_ADDRESS, REFUSED, TAG
from services.notifications.model import Message, locked
from services.notifications.settings import Settings
from services.notifications.sns import NotFromSns, Sns

log = get_logger(__name__)

_LONGEST_ID = 128


class SnsMessage(ma.Schema):
    """The members that are looked at. Documents only: SNS sends them as text/plain."""

    Type = ma.fields.String(required=True, metadata={"example": "Notification"})
    TopicArn = ma.fields.String(required=True)
    Message = ma.fields.String(required=True, metadata={"description": "an event of SES, as JSON text"})
    SigningCertURL = ma.fields.String(required=True)
    SignatureVersion = ma.fields.String(required=True, metadata={"example": "2"})
    Signature = ma.fields.String(required=True)


def blueprint(resources: Resources[Settings], sns: Sns | None = None) -> Blueprint:
    """The callback; believes the topic of SES_TOPIC_ARN, and nobody if that is empty."""
    settings = resources.settings
    topic = sns or Sns(settings.ses_topic_arn)
    callbacks = Blueprint("ses", url_prefix="/callbacks/ses", description="Called by Amazon SNS with events of SES")

    @callbacks.route("", methods=["POST"])
    @callbacks.doc(requestBody={"required": True, "content": {"text/plain": {"schema": SnsMessage}}})
    @callbacks.response(204, description="Noted, or nothing new")
    @callbacks.alt_response(400, "BAD_REQUEST")
    @callbacks.alt_response(403, "FORBIDDEN")
    @callbacks.alt_response(503, "SERVICE_UNAVAILABLE")
    def event() -> None:
        """What became of an e-mail."""
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
                403, "wrong-signature", vi="Chữ ký của Amazon SNS không đúng.", en="This is not signed by the topic we know."
            ) from None
        if message["Type"] == "Notification":
            _notification(message)

    return callbacks


def _notification(message: Mapping[str, Any]) -> None:
    event = parse_json(str(message.get("Message", "")).encode())
    mail = event.get("mail") if isinstance(event, dict) else None
    message_id = _message_id(mail)
    if message_id is None:
        return  # SNS's own word about the topic, or another system's e-mail
    with found.db.write() as session:
        ours = locked(session, message_id)
        if ours is not None:
            _note(session, ours, event, str(event["mail"].get("messageId", ""))[:_LONGEST_ID])


def _note(session: Session, message: Message, event: Mapping[str, Any], ses_id: str) -> None:
    now, said = clock.now(), event.get("eventType")
    if said in ("Send", "Delivery"):
        message.handed_over(session, at=now, provider_id=ses_id, text=None, segments=None)
    if said == "Delivery":
        message.delivered(session, at=now)
    elif said in ("Bounce", "Reject", "Rendering Failure") and message.provider_id in (None, ses_id):
        message.provider_id = ses_id
        message.failed(session, at=now, code=INVALID_ADDRESS if said == "Bounce" else REFUSED)


def _message_id(mail: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(mail["tags"][TAG][0])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None

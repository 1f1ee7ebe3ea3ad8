"""Receive SES's delivery reports through an SNS topic. They may arrive twice, late, and in any order."""

from __future__ import annotations

from flask import request

from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.body import parse_json
from services.chassis.web.problem import Problem
from services.notifications.mail.events import take_notification
from services.notifications.mail.schemas import SnsMessage
from services.notifications.mail.sns import NotFromSns, Sns
from services.notifications.settings import Settings

log = get_logger(__name__)


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
        except NotFromSns as error:
            log.warning("callback_refused", reason=str(error))
            raise Problem(
                403,
                "wrong-signature",
                vi="Chữ ký của Amazon SNS không đúng.",
                en="The signature is not that of our SNS topic.",
            ) from None
        with resources.db.write() as session:
            take_notification(session, message)

    return callbacks

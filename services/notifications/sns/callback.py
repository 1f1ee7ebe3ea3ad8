"""The callback of an SNS topic: SES's events and those of SMS by AWS come in through one each. They may arrive twice, late, and in any order."""

from __future__ import annotations

from flask import request

from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.body import parse_json
from services.chassis.web.problem import Problem
from services.notifications.settings import Settings
from services.notifications.sns.messages import TakeText, take_message
from services.notifications.sns.schemas import SnsMessage
from services.notifications.sns.signature import NotFromSns, Sns

log = get_logger(__name__)


def callback(resources: Resources[Settings], topic: Sns, provider: str, *, about: str, take_text: TakeText) -> Blueprint:
    """Return `POST /callbacks/<provider>`. `about`: what the events are about, in words for the API's page."""
    callbacks = Blueprint(
        provider, url_prefix=f"/callbacks/{provider}", description=f"Called by Amazon SNS with events of {about}"
    )

    @callbacks.route("", methods=["POST"])
    @callbacks.doc(requestBody={"required": True, "content": {"text/plain": {"schema": SnsMessage}}})
    @budgets.uncounted("refused by Amazon's signature before the database is asked; certificates are fetched only so often")
    @callbacks.response(204, description="Recorded, or nothing new")
    @callbacks.alt_response(400, "BAD_REQUEST")
    @callbacks.alt_response(403, "FORBIDDEN")
    @callbacks.alt_response(503, "SERVICE_UNAVAILABLE")
    def event() -> None:
        """Report what became of a message."""
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
            take_message(session, message, provider, take_text)

    return callbacks

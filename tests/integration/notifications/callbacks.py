"""What providers call back, as the tests send it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from services.accounts import events as accounts
from services.chassis.web.app import create_app
from services.chassis.web.auth import InvalidToken, Principal
from services.notifications.dossiers.readers import DeclarationSubmitted
from services.notifications.holders.readers import PasswordChanged
from services.notifications.mail import api as mail_api
from services.notifications.messages.api import blueprints as messages_blueprints
from services.notifications.notices.api import blueprints as notice_blueprints
from services.notifications.sms import api as sms_api
from services.notifications.sms import aws_api
from services.notifications.sns.signature import NotFromSns
from services.registration import events as registration
from tests.integration.notifications.desk import Desk
from tests.stand.tokens import with_second_factor

PHONE = {"phone": "+84983847986", "email": None}
BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
NO = registration.DeclarationSubmitted.example["dossier_no"]
PATH = "/notifications/callbacks/twilio"


class FakeSns:
    """Believes what says that it is genuine."""

    def __init__(self) -> None:
        self.confirmed: list[str] = []

    def check(self, message: dict[str, Any]) -> None:
        if message.get("Signature") != "genuine":
            raise NotFromSns("wrong signature")

    def confirm(self, message: dict[str, Any]) -> None:
        self.confirmed.append(message["SubscribeURL"])


SNS = FakeSns()


def verifier(token: str) -> Principal:
    if token == "none":
        raise InvalidToken("nobody")
    return Principal(id="019aa5b5-c0de-7000-a000-00000000000a", role=token, claims=with_second_factor())


def client(desk: Desk) -> FlaskClient:
    """The application, with SNS faked."""
    topics = [make.blueprint(desk.resources, SNS) for make in (mail_api, aws_api)]  # type: ignore[arg-type]  # a fake in its place
    subjects = (messages_blueprints, notice_blueprints, sms_api.blueprints, topics)
    return create_app(desk.resources, *subjects, verifier=verifier).test_client()


def sent(desk: Desk, contact: dict[str, Any] = PHONE) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=contact)
    desk.run_jobs()


def call_back(
    http: FlaskClient, desk: Desk, status: str, error: str | None = None, *, token: str = "sandbox", sid: str | None = None
) -> int:
    message = desk.message()
    query = f"?message={message.id}"
    values = {"MessageSid": sid or message.provider_id or "SM" + "f" * 32, "MessageStatus": status, "To": "+84983847986"}
    values |= {"ErrorCode": error} if error else {}
    signature = RequestValidator(token).compute_signature(f"http://127.0.0.1:8104{PATH}{query}", values)
    return http.post(PATH + query, data=values, headers={"X-Twilio-Signature": signature}).status_code


def ses(
    http: FlaskClient,
    desk: Desk,
    event_type: str,
    *,
    ses_id: str | None = None,
    signature: str = "genuine",
    named: str = "eventType",
    **about: Any,
) -> int:
    message = desk.message()
    event = {
        named: event_type,
        "mail": {"messageId": ses_id or message.provider_id or "ses-1", "tags": {"message": [str(message.id)]}},
        **about,
    }
    body = {"Type": "Notification", "Signature": signature, "MessageId": str(uuid.uuid4()), "Message": json.dumps(event)}
    return http.post("/notifications/callbacks/ses", data=json.dumps(body), content_type="text/plain").status_code


def mailed(desk: Desk) -> None:
    desk.read(PasswordChanged, accounts.PasswordChanged.example, contact=BOTH)
    desk.run_jobs()


def bounce(kind: str, subtype: str) -> dict[str, Any]:
    return {"bounce": {"bounceType": kind, "bounceSubType": subtype}}


def sns(http: FlaskClient, text: str = "", *, type_: str = "Notification", id_: str | None = None) -> int:
    body = {"Type": type_, "Signature": "genuine", "MessageId": id_ or str(uuid.uuid4()), "Message": text}
    return http.post("/notifications/callbacks/ses", data=json.dumps(body), content_type="text/plain").status_code


def aws_event(
    http: FlaskClient,
    desk: Desk,
    event_type: str,
    *,
    final: bool = True,
    aws_id: str | None = None,
    signature: str = "genuine",
) -> int:
    message = desk.message()
    event = {
        "eventType": event_type,
        "eventVersion": "1.0",
        "isFinal": final,
        "destinationPhoneNumber": "+84983847986",
        "messageId": aws_id or message.provider_id or "aws-1",
        "messageStatus": event_type.removeprefix("TEXT_"),
        "context": {"message": str(message.id)},
    }
    body = {"Type": "Notification", "Signature": signature, "MessageId": str(uuid.uuid4()), "Message": json.dumps(event)}
    return http.post("/notifications/callbacks/aws-sms", data=json.dumps(body), content_type="text/plain").status_code

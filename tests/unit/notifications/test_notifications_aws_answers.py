"""Every row of aws.toml, every HTTP status, and every exception of botocore, at each call that we make to AWS End User Messaging."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import botocore.httpsession
import pytest
import urllib3.exceptions

from services.chassis.errors import ChassisError, Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.seal import generate_keypair
from services.chassis.settings import Url
from services.chassis.verdicts import Fault, Verdict
from services.notifications.settings import Settings
from services.notifications.sms.aws import AwsSms
from services.notifications.sms.aws_events import TABLE
from services.notifications.sms.port import NoAnswer, Sms, SmsAccountRefused, SmsRefused, SmsUnavailable
from tests.unit.notifications.boto_session import EXCEPTIONS, Answering

pytestmark = pytest.mark.rule("N14")

SMS = Sms("+84983847986", "BHXH VN: mot", "019aa5b5-c0de-7000-a000-00000000000d", 300)
CALLS: dict[str, Callable[[AwsSms], Any]] = {
    "send": lambda aws: aws.send(SMS, timeout=1),
    "check": lambda aws: aws.check(timeout=1),
}
MODEL = boto3.client("pinpoint-sms-voice-v2", region_name="ap-southeast-1").meta.service_model
ANSWERS = [row for row in TABLE.rows if not row.answer.startswith("TEXT_")]


@pytest.fixture
def aws_says(monkeypatch: pytest.MonkeyPatch) -> Answering:
    endpoint, key = Url("http://127.0.0.1:1"), generate_keypair().private_key
    settings = Settings(seal_private_key=key, aws_sms_endpoint_url=endpoint, aws_sms_configuration_set="vss")
    return Answering(monkeypatch, CALLS, SMS.to, lambda: AwsSms(settings, connections=1))


def refusal(answer: str) -> dict[str, Any]:
    """The body of an error as AWS writes it: its reason, or the fields that are wrong, beside its code."""
    code, _, more = answer.partition(" ")
    about: dict[str, Any] = {"__type": f"com.amazonaws.pinpointsmsvoicev2#{code}", "Message": f"about {SMS.to}"}
    if more == "DestinationPhoneNumber":
        return about | {"Reason": "FIELD_VALIDATION_FAILED", "Fields": [{"Name": more, "Message": f"about {SMS.to}"}]}
    return about | ({"Reason": more} if more else {})


def give(world: Answering, row: Verdict) -> None:
    cls = getattr(botocore.exceptions, row.answer, None)
    if cls is not None:
        world.answer = cls.__new__(cls)
    elif row.answer == "SSLCertVerificationError":
        cause = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("nobody vouches"))
        world.answer = botocore.exceptions.SSLError(endpoint_url="https://x", error=cause)
    elif row.answer == "no id":
        world.says(200, {})
    elif row.answer.startswith("HTTP "):
        world.says(int(row.answer.removeprefix("HTTP ").replace("xx", "20")), b"<html></html>")
    else:
        world.says(400, refusal(row.answer))


MEANING: dict[Fault, tuple[type[Exception], ...]] = {
    Fault.MESSAGE: (SmsRefused,),
    Fault.OURS: (SmsAccountRefused,),
    Fault.PASSING: (SmsUnavailable, RetryAfter),
    Fault.UNKNOWN: (NoAnswer,),
}


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.answer)
def test_each_row_means_what_it_says_when_we_send(aws_says: Answering, row: Verdict) -> None:
    give(aws_says, row)
    error = aws_says.raised("send")
    assert type(error) in MEANING[row.fault]
    if row.fault in (Fault.MESSAGE, Fault.OURS):
        assert getattr(error, "code", None) == row.code


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.answer)
def test_a_question_that_fails_is_never_final_and_no_copy(aws_says: Answering, row: Verdict) -> None:
    give(aws_says, row)
    error = aws_says.raised("check")
    assert isinstance(error, Transient)
    assert not isinstance(error, NoAnswer)


@pytest.mark.parametrize("status", [*range(200, 210), *range(300, 310), *range(400, 452), *range(500, 600)])
def test_every_status_is_understood_and_none_is_final_without_a_row(aws_says: Answering, status: int) -> None:
    for body in (b"", b"<html>+84983847986</html>", b"[]", b"{}"):
        for call in CALLS:
            aws_says.says(status, body)
            error = aws_says.raised(call)
            assert isinstance(error, ChassisError)
            assert not isinstance(error, Permanent)


def test_an_answer_that_nobody_knows_is_held(aws_says: Answering) -> None:
    aws_says.says(400, refusal("SomethingNewException"))
    error = aws_says.raised("send")
    assert isinstance(error, SmsAccountRefused)
    assert error.code == "unknown_answer"


@pytest.mark.parametrize("cls", EXCEPTIONS, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
@pytest.mark.parametrize("call", CALLS)
def test_every_exception_becomes_one_of_ours(aws_says: Answering, call: str, cls: type[Exception]) -> None:
    aws_says.meets(cls)
    raised = aws_says.raised(call)
    assert isinstance(raised, Transient)


def test_every_error_and_reason_that_the_service_declares_for_an_sms_has_its_row() -> None:
    """Reasons of other operations (registering, opting out, voice) cannot be told apart in the model; these concern sending."""
    declared = {shape.name for shape in MODEL.operation_model("SendTextMessage").error_shapes}
    assert all(TABLE.find(name).source for name in declared), declared
    reasons = {
        f"{name.removesuffix('Reason')} {reason}"
        for name in ("AccessDeniedExceptionReason", "ValidationExceptionReason", "ConflictExceptionReason")
        for reason in MODEL.shape_for(name).enum
    }
    named = {row.answer for row in TABLE.rows if " " in row.answer and row.answer.split(" ")[0].endswith("Exception")}
    limit = {"ServiceQuotaExceededException MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"}
    assert named - limit <= reasons | {"ValidationException DestinationPhoneNumber"}


def test_every_event_of_a_text_that_the_service_declares_has_its_row() -> None:
    declared = {each for each in MODEL.shape_for("EventType").enum if each.startswith("TEXT_")} - {"TEXT_ALL"}
    assert declared == {row.answer for row in TABLE.rows if row.answer.startswith("TEXT_")}


def test_a_request_names_sender_validity_configuration_set_and_our_message(aws_says: Answering) -> None:
    aws_says.says(200, {"MessageId": "aws-1"})
    assert aws_says.adapter.send(SMS, timeout=1) == "aws-1"
    (request,) = aws_says.requests
    assert request.headers["X-Amz-Target"] == b"PinpointSMSVoiceV2.SendTextMessage"
    assert json.loads(request.body) == {
        "DestinationPhoneNumber": SMS.to,
        "OriginationIdentity": "BHXHVN",
        "MessageBody": SMS.text,
        "MessageType": "TRANSACTIONAL",
        "Context": {"message": SMS.message_id},
        "TimeToLive": 300,
        "ConfigurationSetName": "vss",
    }


def test_it_cannot_be_asked_what_it_has_taken(aws_says: Answering) -> None:
    """No operation of the service reads a text message back: so nobody may take a look-up that finds nothing for a proof."""
    reading = [name for name in MODEL.operation_names if name.startswith(("Get", "List", "Describe"))]
    assert [name for name in reading if "Message" in name] == []
    assert aws_says.requests == []

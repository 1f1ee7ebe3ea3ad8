"""Simulate the part of AWS End User Messaging SMS that sends texts, so that boto3 works with it: `POST /aws/sms-voice`.

Signatures of requests are not checked: a simulation's keys protect nothing. What was taken cannot be asked for, as with AWS.
"""

from __future__ import annotations

import asyncio
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from deploy.sandbox import twilio_numbers as numbers
from deploy.sandbox.callbacks import Callbacks
from deploy.sandbox.faults import AwsFaults, Faults
from deploy.sandbox.inbox import Inbox
from deploy.sandbox.requests import json_object
from deploy.sandbox.settings import Settings
from deploy.sandbox.sns import Sns
from services.chassis import clock

PATH = "/aws/sms-voice"
_TARGET = "PinpointSMSVoiceV2."
_PHONE = re.compile(r"\+?[1-9][0-9]{1,18}")
_LONGEST = 1600
#: the numbers of Twilio's stand-in do the same here, as far as AWS knows such ends
_REFUSED_TO = {
    "+84900000001": ("ValidationException", "FIELD_VALIDATION_FAILED"),
    "+84900000004": ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
}
_LOST_TO = {
    "+84900000103": "TEXT_UNREACHABLE",
    "+84900000105": "TEXT_INVALID",
    "+84900000107": "TEXT_SPAM",
    "+84900000108": "TEXT_UNKNOWN",
}


@dataclass(frozen=True, slots=True)
class _Sms:
    id: str
    to: str
    sender: str
    text: str
    context: dict[str, str]
    told: bool


class AwsSms:
    """SendTextMessage and DescribeAccountAttributes; events go to the topic's subscriber, signed like SNS's."""

    def __init__(self, settings: Settings, inbox: Inbox, callbacks: Callbacks, faults: Faults, sns: Sns) -> None:
        self._settings, self._inbox, self._callbacks, self._faults, self._sns = settings, inbox, callbacks, faults, sns

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.ask), web.post(f"{PATH}/", self.ask)]

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Answer a request of the JSON protocol by its target."""
        if self._faults.aws.dead and request.transport is not None:
            request.transport.abort()
            return web.Response()
        operation = request.headers.get("X-Amz-Target", "").removeprefix(_TARGET)
        if operation == "DescribeAccountAttributes":
            return _answer({"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}]})
        if operation != "SendTextMessage":
            return _error("UnknownOperationException")
        return await self._send(request, await json_object(request))

    async def _send(self, request: web.Request, wanted: dict[str, Any]) -> web.StreamResponse:
        to, text, sender = (
            str(wanted.get(name, "")) for name in ("DestinationPhoneNumber", "MessageBody", "OriginationIdentity")
        )
        if not _PHONE.fullmatch(to) or to in _REFUSED_TO:
            code, reason = _REFUSED_TO.get(to, ("ValidationException", "FIELD_VALIDATION_FAILED"))
            fields = [{"Name": "DestinationPhoneNumber", "Message": to}] if code == "ValidationException" else []
            return _error(code, reason, Fields=fields)
        if not text.strip() or len(text) > _LONGEST:
            return _error("ValidationException", "FIELD_VALIDATION_FAILED", Fields=[{"Name": "MessageBody", "Message": ""}])
        faults = self._faults.aws
        bad = self._faults.happens(faults.share, "aws")
        if bad and faults.refuse:
            code, _, why = faults.refuse.partition(" ")
            if why and not why.isupper():
                return _error(code, "FIELD_VALIDATION_FAILED", Fields=[{"Name": why, "Message": ""}])
            return _error(code, why or None, status=429 if code.startswith("Throttling") else 400)
        if bad and faults.fail:
            return _error("InternalServerException", status=faults.fail)
        id_ = str(uuid.uuid4())
        sms = _Sms(id_, to, sender, text, dict(wanted.get("Context") or {}), bool(wanted.get("ConfigurationSetName")))
        if bad and faults.answer_seconds:
            await asyncio.sleep(faults.answer_seconds)
        self._later(self._settings.delivery_seconds / 2, lambda: self._becomes(sms, "TEXT_PENDING", final=False))
        self._later(self._settings.delivery_seconds + (faults.delivery_seconds if bad else 0), lambda: self._deliver(sms))
        if (to == numbers.ANSWER_LOST or (bad and faults.cut)) and request.transport is not None:
            request.transport.abort()
        return _answer({"MessageId": id_})

    def _deliver(self, sms: _Sms) -> None:
        if lost := _LOST_TO.get(sms.to):
            self._inbox.counts["lost"] += 1
            self._becomes(sms, lost)
            return
        details = {"sid": sms.id, "road": "aws"}
        self._inbox.put("sms", to=sms.to, sender=sms.sender, text=sms.text, at=clock.now(), details=details)
        self._becomes(sms, "TEXT_DELIVERED")

    def _becomes(self, sms: _Sms, kind: str, *, final: bool = True) -> None:
        """Tell the subscriber; without a configuration set AWS tells nobody."""
        faults: AwsFaults = self._faults.aws
        lost = self._faults.happens(faults.callbacks_lost, "aws callback lost")
        if lost or not sms.told or sms.to == numbers.NO_CALLBACK:
            return
        event = {
            "eventType": kind,
            "eventVersion": "1.0",
            "eventTimestamp": int(clock.now().timestamp() * 1000),
            "isFinal": final,
            "originationPhoneNumber": sms.sender,
            "destinationPhoneNumber": sms.to,
            "isoCountryCode": "VN",
            "messageId": sms.id,
            "messageEncoding": "GSM",
            "messageType": "TRANSACTIONAL",
            "messageStatus": kind.removeprefix("TEXT_"),
            "context": sms.context,
            "totalMessageParts": 1,
        }
        times = 2 if self._faults.happens(faults.callbacks_doubled, "aws callback doubled") else 1
        for time in range(times):
            # a late one overtakes or is overtaken by the next
            late = random.uniform(0, faults.callbacks_late_seconds)  # noqa: S311  # a simulation
            self._later(
                late + time / 10,
                lambda: self._callbacks.add(self._sns.notification(self._settings.aws_subscriber, sms.id, event)),
            )

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, what)


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, content_type="application/x-amz-json-1.0")


def _error(code: str, reason: str | None = None, *, status: int = 400, **more: Any) -> web.Response:
    about = {"__type": f"com.amazonaws.pinpointsmsvoicev2#{code}", "Message": "As a fault or a number of the sandbox says"}
    return _answer(about | ({"Reason": reason} if reason else {}) | more, status)

"""Send SMS by AWS End User Messaging (`pinpoint-sms-voice-v2`). Delivery is reported through SNS (aws_api.py). What each answer means: aws.toml.

AWS offers no look-up of what it has taken: neither by phone and text nor by its own id. An SMS whose outcome is unknown is therefore sent
once only; its events name our message, and where none comes a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from services.notifications.messages import aws
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings
from services.notifications.sms.aws_events import TABLE, TAG
from services.notifications.sms.port import FAILURES, Sms

#: AWS takes from five seconds to three days
_SHORTEST_VALID, _LONGEST_VALID = 5, 259_200
_TO = "DestinationPhoneNumber"


def _more(code: str, response: Mapping[str, Any]) -> Iterator[str]:
    """Yield an error with the reason that AWS gives, and what the table calls one about the number."""
    if any(field.get("Name") == _TO for field in response.get("Fields") or () if isinstance(field, dict)):
        yield f"{code} {_TO}"
    if reason := response.get("Reason"):
        yield f"{code} {reason}"


_TRANSLATION = aws.Translation("aws", TABLE, FAILURES, _more)


class AwsSms:
    """Sends through one boto3 client. `connections`: how many are kept open."""

    def __init__(self, settings: Settings, *, connections: int) -> None:
        self._settings = settings
        self._client = aws.client(
            "pinpoint-sms-voice-v2",
            region=settings.aws_sms_region,
            endpoint=settings.aws_sms_endpoint_url,
            seconds=settings.sms_timeout_seconds,
            connect_seconds=min(settings.sms_connect_seconds, settings.sms_timeout_seconds),
            connections=connections,
        )

    def send(self, sms: Sms, *, timeout: float) -> str:
        """Send the SMS; return AWS's id. The time-out is the client's own, from the same setting."""
        request: dict[str, Any] = {
            _TO: sms.to,
            "OriginationIdentity": self._settings.aws_sms_origination,
            "MessageBody": sms.text,
            "MessageType": "TRANSACTIONAL",
        }
        if sms.message_id is not None:
            request["Context"] = {TAG: sms.message_id}
        if sms.valid_seconds is not None:
            request["TimeToLive"] = max(_SHORTEST_VALID, min(sms.valid_seconds, _LONGEST_VALID))
        if self._settings.aws_sms_configuration_set:
            request["ConfigurationSetName"] = self._settings.aws_sms_configuration_set
        with _TRANSLATION.around(sending=True):
            id_ = self._client.send_text_message(**request).get("MessageId")
            if not id_:
                raise _TRANSLATION.failure("no id", detail="a response without an id", sending=True)
        return str(id_)

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str] | None:
        """Return None: AWS cannot be asked what it has taken."""
        return None

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Return that nothing is known: AWS tells by events only, and by itself after 72 hours that it does not know either."""
        return PENDING

    def check(self, *, timeout: float) -> str:
        """Ask for our account: whether AWS takes the keys; return which tier it has (in `SANDBOX` only verified numbers get SMS)."""
        with _TRANSLATION.around(sending=False):
            attributes = self._client.describe_account_attributes()["AccountAttributes"]
            tier = next((each["Value"] for each in attributes if each["Name"] == "ACCOUNT_TIER"), "unknown")
        return f"AWS in {self._settings.aws_sms_region} knows our account; its tier is {tier}"

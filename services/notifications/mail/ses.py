"""Send e-mail by Amazon SES (API v2). Delivery is reported through SNS (api.py). What each answer means: ses.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.notifications.mail.bounces import TABLE, receipt_of_bounce
from services.notifications.mail.mime import mime, wire_address
from services.notifications.mail.port import FAILURES, TAG, Mail, MailAccountRefused, MailRefused
from services.notifications.messages import aws
from services.notifications.messages.codes import UNSUPPORTED_ADDRESS
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings

#: what SES writes about a recipient's address that cannot be one
_ADDRESS = re.compile(
    r"Illegal address|Local address contains|Missing final '@domain'|Domain (contains|starts|ends)|Invalid domain name",
    re.IGNORECASE,
)


def _more(code: str, response: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the table calls a bad request about the recipient's address."""
    if code == "BadRequestException" and _ADDRESS.search(str(response.get("Error", {}).get("Message", ""))):
        yield f"{code} address"


_TRANSLATION = aws.Translation("ses", TABLE, replace(FAILURES, busy_seconds=5.0), _more)


class SesMail:
    """Sends through one boto3 client."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = aws.client(
            "sesv2",
            region=settings.ses_region,
            endpoint=settings.ses_endpoint_url,
            seconds=settings.mail_timeout_seconds,
            connections=settings.mail_concurrency,
        )

    def check(self, *, timeout: float) -> str:
        """Ask for our account: whether SES takes the keys and lets us send."""
        with _TRANSLATION.around(sending=False):
            account = self._client.get_account()
        if not account.get("SendingEnabled"):
            raise MailAccountRefused("account", "ses: sending is paused for the account")
        quota = account.get("SendQuota", {}).get("Max24HourSend", 0)
        return f"SES in {self._settings.ses_region} knows our account: {quota:g} e-mails a day"

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Send the e-mail; return SES's id. The time-out is the client's own, from the same setting."""
        # SES takes letters beyond ASCII in no part of an address
        to = wire_address(mail.to, letters=False)
        if to is None:
            raise MailRefused(UNSUPPORTED_ADDRESS, "ses: letters beyond ASCII before the @")
        content = mime(mail, self._settings.mail_from, to=to).as_bytes()
        request: dict[str, Any] = {
            "Destination": {"ToAddresses": [to]},
            "Content": {"Raw": {"Data": content}},
            "EmailTags": [{"Name": TAG, "Value": mail.message_id}],
        }
        if self._settings.ses_configuration_set:
            request["ConfigurationSetName"] = self._settings.ses_configuration_set
        with _TRANSLATION.around(sending=True):
            return str(self._client.send_email(**request)["MessageId"])

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Ask for the events of an e-mail (GetMessageInsights; needs the Virtual Deliverability Manager, else SES knows none)."""
        try:
            with _TRANSLATION.around(sending=False):
                insights = self._client.get_message_insights(MessageId=provider_id)
        except MailAccountRefused as refused:
            if refused.code == "request":  # not found: too old, or not kept for our account
                return PENDING
            raise
        events = [event for one in insights.get("Insights", ()) for event in one.get("Events", ())]
        return _last_word([*map(_event_of, sorted(events, key=lambda event: str(event.get("Timestamp", ""))))])


def _event_of(event: Mapping[str, Any]) -> Receipt:
    kind, bounce = str(event.get("Type", "")), event.get("Details", {}).get("Bounce", {})
    if kind == "BOUNCE":
        return receipt_of_bounce(str(bounce.get("BounceType", "")).title(), str(bounce.get("BounceSubType", "")))
    return Receipt(delivered=True) if kind == "DELIVERY" else PENDING


def _last_word(receipts: list[Receipt]) -> Receipt:
    """Return a bounce for good if there is one, else a delivery, else whatever there is."""
    certain = [one for one in receipts if one.certain]
    arrived = [one for one in receipts if one.delivered]
    lost = [one for one in receipts if one.code is not None]
    return (certain or arrived or lost or [PENDING])[-1]

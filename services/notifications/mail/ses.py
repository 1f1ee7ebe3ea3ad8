"""Send e-mail by Amazon SES (API v2). Delivery is reported through SNS (api.py). What each answer means: ses.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

from services.chassis.errors import ChassisError
from services.chassis.jobs import RetryAfter
from services.chassis.verdicts import Fault, retry_after
from services.notifications.mail.bounces import TABLE, receipt_of_bounce
from services.notifications.mail.mime import mime, wire_address
from services.notifications.mail.port import TAG, Mail, MailAccountRefused, MailRefused, MailUnavailable, NoAnswer
from services.notifications.messages.codes import UNSUPPORTED_ADDRESS
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings

_BUSY_SECONDS = 5.0
#: what SES writes about a recipient's address that cannot be one
_ADDRESS = re.compile(
    r"Illegal address|Local address contains|Missing final '@domain'|Domain (contains|starts|ends)|Invalid domain name",
    re.IGNORECASE,
)


class SesMail:
    """Sends through one boto3 client: creating one takes longer than sending a hundred messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        url = settings.ses_endpoint_url
        self._client: Any = boto3.client(
            "sesv2",
            region_name=settings.ses_region,
            endpoint_url=url.reveal() if url else None,
            config=Config(
                connect_timeout=settings.mail_timeout_seconds,
                read_timeout=settings.mail_timeout_seconds,
                # jobs retry: botocore would send a second time by itself
                retries={"total_max_attempts": 1},
                max_pool_connections=settings.mail_concurrency,
            ),
        )

    def check(self, *, timeout: float) -> str:
        """Ask for our account: whether SES takes the keys and lets us send."""
        with _translated(sending=False):
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
        with _translated(sending=True):
            return str(self._client.send_email(**request)["MessageId"])

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Ask for the events of an e-mail (GetMessageInsights; needs the Virtual Deliverability Manager, else SES knows none)."""
        try:
            with _translated(sending=False):
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


@contextmanager
def _translated(*, sending: bool) -> Iterator[None]:
    """Translate botocore's failures into the port's; what else it raises comes from an answer that it could not read."""
    try:
        yield
    except ChassisError:
        raise
    except botocore.exceptions.ClientError as error:
        raise _refusal(error, sending=sending) from None
    except Exception as error:
        raise _failure(_class_of(error), detail=f"ses: {type(error).__name__}", sending=sending) from None


def _class_of(error: Exception) -> str:
    """Return the class that the table has; one that it does not have came after the request had gone, for all that we know."""
    return next((each.__name__ for each in type(error).__mro__ if TABLE.find(each.__name__).source), "ResponseParserError")


def _refusal(error: botocore.exceptions.ClientError, *, sending: bool) -> Exception:
    """Return the port's failure for an SES error, without SES's text, which quotes addresses."""
    about = error.response.get("Error", {})
    code, status = str(about.get("Code", "")), int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    detail = f"ses: HTTP {status}, {code}"
    answers = [code or None, f"HTTP {status}", f"HTTP {status // 100}xx"]
    if code == "BadRequestException" and _ADDRESS.search(str(about.get("Message", ""))):
        answers.insert(0, f"{code} address")
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return _failure(*answers, detail=detail, sending=sending, wait=retry_after(headers.get("retry-after")))


def _failure(*answers: str | None, detail: str, sending: bool, wait: float | None = None) -> Exception:
    verdict = TABLE.find(*answers)
    match verdict.fault:
        case Fault.PASSING if verdict.code == "busy":
            return RetryAfter(detail, after_seconds=wait or _BUSY_SECONDS)
        case Fault.PASSING:
            return MailUnavailable(detail)
        case Fault.UNKNOWN:
            return NoAnswer(detail) if sending else MailUnavailable(detail)
        case Fault.MESSAGE if sending:
            return MailRefused(verdict.code, detail)
        case _:
            return MailAccountRefused(verdict.code, detail)

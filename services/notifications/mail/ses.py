"""Send e-mail by Amazon SES (API v2). Delivery is reported through SNS (api.py)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

from services.chassis.jobs import RetryAfter
from services.notifications.mail.mime import mime
from services.notifications.mail.port import TAG, Mail, MailAccountRefused, MailRefused, MailUnavailable, NoAnswer
from services.notifications.messages.codes import INVALID_ADDRESS, REFUSED
from services.notifications.settings import Settings

_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"})
_ACCOUNT = frozenset(
    {
        *("AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException", "NotFoundException"),
        *("AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch"),
        # SES's code for an unverified sender; a rejected text is reported later, as an event
        "MessageRejected",
        *("ExpiredTokenException", "MissingAuthenticationTokenException"),
    }
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
        with _translated():
            account = self._client.get_account()
        if not account.get("SendingEnabled"):
            raise MailAccountRefused("ses: sending is paused for the account")
        quota = account.get("SendQuota", {}).get("Max24HourSend", 0)
        return f"SES in {self._settings.ses_region} knows our account: {quota:g} e-mails a day"

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Send the e-mail; return SES's id. The time-out is the client's own, from the same setting."""
        content = mime(mail, self._settings.mail_from).as_bytes()
        request: dict[str, Any] = {
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {"Raw": {"Data": content}},
            "EmailTags": [{"Name": TAG, "Value": mail.message_id}],
        }
        if self._settings.ses_configuration_set:
            request["ConfigurationSetName"] = self._settings.ses_configuration_set
        with _translated():
            return str(self._client.send_email(**request)["MessageId"])


@contextmanager
def _translated() -> Iterator[None]:
    """Translate botocore's failures into the port's."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise _failure(error) from None
    except (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectTimeoutError) as error:
        raise MailUnavailable(f"ses: {type(error).__name__}") from None
    except botocore.exceptions.NoCredentialsError as error:
        raise MailAccountRefused(f"ses: {type(error).__name__}") from None
    except botocore.exceptions.BotoCoreError as error:
        raise NoAnswer(f"ses: {type(error).__name__}") from None


def _failure(error: botocore.exceptions.ClientError) -> Exception:
    """Return the port's failure for an SES error, without SES's text, which quotes addresses."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    detail = f"ses: HTTP {status}, {code}"
    if code in _BUSY or status == 429:
        return RetryAfter(detail, after_seconds=5.0)
    if status >= 500:
        return NoAnswer(detail)
    if code in _ACCOUNT or status in (401, 403):
        return MailAccountRefused(detail)
    return MailRefused(INVALID_ADDRESS if code == "BadRequestException" else REFUSED, detail)

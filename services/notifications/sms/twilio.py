"""Send SMS by Twilio: its own client on kept-alive connections (50 SMS/s cannot afford a TLS handshake each)."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import certifi
import urllib3
import urllib3.exceptions
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.base.values import unset
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from services.chassis.jobs import RetryAfter
from services.notifications.messages import codes
from services.notifications.settings import Settings
from services.notifications.sms.port import NoAnswer, Sms, SmsAccountRefused, SmsRefused, SmsUnavailable

#: Twilio's error codes about the message (https://www.twilio.com/docs/api/errors)
CODES = {
    **dict.fromkeys((21211, 21217, 21265, 21401, 21421, 21614, 30005, 30006), codes.INVALID_NUMBER),
    **dict.fromkeys((21408, 21612, 21635, 30024, 30454, 63038), codes.NOT_ROUTED),
    **dict.fromkeys((30003, 30008, 30017, 30022), codes.UNREACHABLE_NUMBER),
    **dict.fromkeys((21610, 30004), codes.UNSUBSCRIBED),
    **dict.fromkeys((30007, 30032, 30034), codes.FILTERED),
    30036: codes.EXPIRED,
}
#: … about our account: sender not ours, account closed or out of credit
_ACCOUNT = frozenset({20003, 20005, 20006, 21603, 21606, 21659, 21660, 30002})
#: … that mean slow down: too many messages queued for this sender
_BUSY = frozenset({20429, 21611, 30001})
_MOST_FOUND = 50
_CLOCK_LEEWAY = timedelta(seconds=60)
_BUSY_SECONDS, _LONGEST_VALID = 5.0, 36_000


class TwilioSms:
    """The account named in the settings. `connections`: how many are kept open."""

    def __init__(self, settings: Settings, *, connections: int) -> None:
        self._from = settings.twilio_from
        self._http = _PooledHttp(connections)
        # a non-empty mapping: Twilio's client reads os.environ if given an empty one
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.reveal(),
            http_client=self._http,
            environment={"TWILIO_ACCOUNT_SID": settings.twilio_account_sid},
        )
        self._client.api.base_url = settings.twilio_base_url.reveal().rstrip("/")
        # the client would log addresses and texts
        logging.getLogger("twilio").setLevel(logging.CRITICAL)

    def send(self, message: Sms, *, timeout: float) -> str:
        """Send the SMS; return Twilio's SID."""
        service = self._from.startswith("MG")
        valid = unset if message.valid_seconds is None else max(1, min(message.valid_seconds, _LONGEST_VALID))
        with self._call(timeout, sending=True):
            taken = self._client.messages.create(
                to=message.to,
                body=message.text,
                from_=unset if service else self._from,
                messaging_service_sid=self._from if service else unset,
                status_callback=message.callback_url or unset,
                validity_period=valid,
            )
        if not taken.sid:
            raise NoAnswer("twilio: a response without a SID")
        return str(taken.sid)

    def find(self, message: Sms, *, since: datetime, timeout: float) -> list[str]:
        """Search by phone, then by text and time: Twilio's own filter by DateSent omits messages still queued."""
        with self._call(timeout, sending=False):
            messages = self._client.messages.list(to=message.to, limit=_MOST_FOUND, page_size=_MOST_FOUND)
        # a trial account puts a sentence of Twilio's before each text
        return [
            str(one.sid)
            for one in messages
            if message.is_text_of(one.body or "") and (one.date_created is None or one.date_created >= since - _CLOCK_LEEWAY)
        ]

    def check(self, *, timeout: float) -> None:
        """Ask for our account: whether Twilio is reached, takes the token, and lets the account send.

        :raises SmsAccountRefused, SmsUnavailable: as for an SMS.
        """
        with self._call(timeout, sending=False):
            account = self._client.api.v2010.accounts(self._client.account_sid).fetch()
        if account.status != "active":
            raise SmsAccountRefused(f"twilio: the account is {account.status}")

    @contextmanager
    def _call(self, timeout: float, *, sending: bool) -> Iterator[None]:
        """Run a call within the time-out, and translate its failures into the port's."""
        with self._http.timing(timeout):
            try:
                yield
            except (TwilioRestException, TwilioServiceException) as error:
                raise _failure(error, self._http.retry_after(), sending=sending) from None
            except ValueError:
                # a proxy in between answered with a page; its text may quote the message
                raise (NoAnswer if sending else SmsUnavailable)("twilio: a response that is not JSON") from None


def _failure(error: TwilioRestException | TwilioServiceException, retry_after: float | None, *, sending: bool) -> Exception:
    """Return the port's failure for a Twilio error, without Twilio's text, which quotes phone numbers."""
    status, code = error.status, error.code
    detail = f"twilio: HTTP {status}, code {code}"
    if status == 429 or code in _BUSY:
        return RetryAfter(detail, after_seconds=retry_after or _BUSY_SECONDS)
    if status >= 500:
        return NoAnswer(detail) if sending else SmsUnavailable(detail)
    if code in CODES:
        return SmsRefused(CODES[code], detail)
    if status in (401, 402, 403, 404) or code in _ACCOUNT:
        return SmsAccountRefused(detail)
    return SmsRefused(codes.REFUSED, detail)


class _PooledHttp(HttpClient):  # type: ignore[misc]  # untyped
    """Twilio's HTTP port on urllib3's connections, at half the cost of a `requests` session over them.

    Not Twilio's own TwilioHttpClient: that one returns responses through an attribute shared by all threads, keeps the
    latest request (with a password in it) for tests to inspect, and limits its pool to the number of processors plus four.
    Neither a proxy nor ~/.netrc is used: either could see or replace what is sent.
    """

    def __init__(self, connections: int) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), False, None)
        self.local = threading.local()
        # one SSL context: urllib3 would read all certificates again for each connection
        context = ssl.create_default_context(cafile=certifi.where())
        self._pools = urllib3.PoolManager(num_pools=1, maxsize=connections, block=False, ssl_context=context)
        # at debug it would log addresses
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    @contextmanager
    def timing(self, seconds: float) -> Iterator[None]:
        """Set the time-out of this thread's requests inside the block."""
        self.local.seconds, self.local.retry_after = seconds, None
        try:
            yield
        finally:
            self.local.seconds = None

    def retry_after(self) -> float | None:
        """Return the Retry-After seconds of this thread's latest response."""
        value: float | None = self.local.retry_after
        return value

    def request(self, method: str, uri: str, **options: Any) -> Response:
        """Make one request.

        :raises SmsUnavailable: if there was no connection, so nothing was sent.
        :raises NoAnswer: if the connection broke later.
        """
        seconds = self.local.seconds
        headers = dict(options.get("headers") or {})
        if auth := options.get("auth"):
            headers |= urllib3.make_headers(basic_auth=":".join(auth))
        params, data = options.get("params"), options.get("data")
        try:
            answer = self._pools.urlopen(
                method.upper(),
                f"{uri}?{urlencode(params)}" if params else uri,
                body=urlencode(data) if data else None,
                headers=headers,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=seconds, read=seconds),
            )
        except urllib3.exceptions.HTTPError as error:
            detail = f"twilio: {type(error).__name__}"
            raise (SmsUnavailable(detail) if isinstance(error, _NEVER_SENT) else NoAnswer(detail)) from None
        self.local.retry_after = _seconds(answer.headers.get("Retry-After"))
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)


#: errors raised before a byte of the request is sent
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.SSLError)


def _seconds(text: str | None) -> float | None:
    """Return `Retry-After` as seconds; Twilio does not send it as a date."""
    return float(text) if text and text.isdecimal() else None

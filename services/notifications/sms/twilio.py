"""Send SMS by Twilio: its own client on kept-alive connections (50 SMS/s cannot afford a TLS handshake each)."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import certifi
import urllib3
import urllib3.exceptions
from twilio.base.exceptions import TwilioException
from twilio.base.values import unset
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from services.chassis.errors import ChassisError
from services.chassis.verdicts import Verdicts, retry_after
from services.notifications.messages.codes import CANCELLED
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings
from services.notifications.sms.port import FAILURES, Sms, SmsAccountRefused

TABLE = Verdicts.load(Path(__file__).with_name("twilio.toml"))
#: the statuses that say how a message ended; the others (`queued`, `sent`, …) say that it has not
ARRIVED, LOST = frozenset({"delivered", "read"}), frozenset({"undelivered", "failed", "canceled"})
_MOST_FOUND = 50
#: the table's word for HTTP 404
_NOT_THERE = "request"
_CLOCK_LEEWAY = timedelta(seconds=60)
_LONGEST_VALID = 36_000


class TwilioSms:
    """The account named in the settings. `connections`: how many are kept open."""

    def __init__(self, settings: Settings, *, connections: int) -> None:
        self._from = settings.twilio_from
        self._base_url = settings.twilio_base_url
        self._callbacks = f"{settings.callback_base_url.reveal().rstrip('/')}/notifications/callbacks/twilio"
        self._http = _PooledHttp(connections, connect_seconds=settings.sms_connect_seconds)
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
                status_callback=f"{self._callbacks}?message={message.message_id}" if message.message_id else unset,
                validity_period=valid,
            )
            if not taken.sid:
                raise failure("no SID", detail="twilio: a response without a SID", sending=True)
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

    def check(self, *, timeout: float) -> str:
        """Ask for our account: whether Twilio is reached, takes the token, and lets the account send; return in a few words what is well.

        :raises SmsAccountRefused, SmsUnavailable: as for an SMS.
        """
        with self._call(timeout, sending=False):
            account = self._client.api.v2010.accounts(self._client.account_sid).fetch()
        if account.status != "active":
            raise SmsAccountRefused("account", f"twilio: the account is {account.status}")
        return f"{self._base_url} knows our account, and it is active"

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Ask for Twilio's own record of an SMS: the last word about it. One that is not kept any more says nothing."""
        try:
            with self._call(timeout, sending=False):
                record = self._client.messages(provider_id).fetch()
                status, code = str(record.status), record.error_code
        except SmsAccountRefused as refused:
            if refused.code == _NOT_THERE:
                return PENDING
            raise
        return receipt_of(status, code)

    @contextmanager
    def _call(self, timeout: float, *, sending: bool) -> Iterator[None]:
        """Run a call within the time-out, and translate its failures into the port's.

        Whatever else the library raises comes from an answer that it could not read; its text may quote the message.
        """
        with self._http.timing(timeout, sending=sending):
            try:
                yield
            except ChassisError:
                raise
            except TwilioException as error:
                raise _failure(*_status_and_code(error), self._http.retry_after(), sending=sending) from None
            except Exception as error:
                detail = f"twilio: a response that is not understood ({type(error).__name__})"
                raise failure("not JSON", detail=detail, sending=sending) from None


def receipt_of(status: str, code: object, *, certain: bool = True) -> Receipt:
    """Return what a status says, with the error code beside it; `certain`: it is Twilio's own record, and no callback."""
    if status in ARRIVED:
        return Receipt(delivered=True, certain=certain)
    if status not in LOST:
        return PENDING
    return Receipt(code=CANCELLED if status == "canceled" else TABLE.find(code).code, certain=certain)


def _status_and_code(error: TwilioException) -> tuple[int, int | None]:
    """Return the HTTP status and Twilio's code; a plain `TwilioException` comes with the response to a list that was no 200."""
    if (status := getattr(error, "status", None)) is not None:
        return int(status), getattr(error, "code", None)
    response = next((each for each in error.args if isinstance(each, Response)), None)
    if response is None:
        return 200, None
    try:
        code = json.loads(response.text)["code"]
    except (ValueError, KeyError, TypeError):
        code = None
    return response.status_code, code if isinstance(code, int) else None


def _failure(status: int, code: int | None, wait: float | None, *, sending: bool) -> Exception:
    """Return the port's failure for an answer of Twilio, without Twilio's text, which quotes phone numbers."""
    answers = ("not JSON",) if status < 300 else (code or None, f"HTTP {status}", f"HTTP {status // 100}xx")
    return failure(*answers, detail=f"twilio: HTTP {status}, code {code}", sending=sending, wait=wait)


def failure(*answers: object, detail: str, sending: bool, wait: float | None = None) -> Exception:
    """Return the port's failure for an answer, as the table has it."""
    return FAILURES.of(TABLE.find(*answers), detail, sending=sending, wait=wait)


class _PooledHttp(HttpClient):  # type: ignore[misc]  # untyped
    """Twilio's HTTP port on urllib3's connections, at half the cost of a `requests` session over them.

    Not Twilio's own TwilioHttpClient: that one returns responses through an attribute shared by all threads, keeps the
    latest request (with a password in it) for tests to inspect, and limits its pool to the number of processors plus four.
    Neither a proxy nor ~/.netrc is used: either could see or replace what is sent.
    """

    def __init__(self, connections: int, *, connect_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        super().__init__(logging.getLogger("twilio.http_client"), False, None)
        self.local = threading.local()
        # one SSL context: urllib3 would read all certificates again for each connection
        context = ssl.create_default_context(cafile=certifi.where())
        self._pools = urllib3.PoolManager(num_pools=1, maxsize=connections, block=False, ssl_context=context)
        # at debug it would log addresses
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    @contextmanager
    def timing(self, seconds: float, *, sending: bool) -> Iterator[None]:
        """Set the time-out of this thread's requests inside the block; `sending`: they change something over there."""
        self.local.seconds, self.local.retry_after, self.local.sending = seconds, None, sending
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
        :raises SmsAccountRefused: if nobody vouches for the other side's certificate.
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
                timeout=urllib3.Timeout(connect=min(seconds, self._connect_seconds), read=seconds),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise failure(_class_of(error), detail=f"twilio: {type(error).__name__}", sending=self.local.sending) from None
        self.local.retry_after = retry_after(answer.headers.get("Retry-After"))
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)


def _class_of(error: Exception) -> str:
    """Return the class that the table has of an error or of its cause; `ProtocolError` for none: an open connection broke."""
    causes = [error, *(each for each in error.args if isinstance(each, Exception))]
    names = [each.__name__ for cause in reversed(causes) for each in type(cause).__mro__]
    return next((each for each in names if TABLE.find(each).source), "ProtocolError")

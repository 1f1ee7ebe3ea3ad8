"""SMS by Twilio: the two requests that we make of its API, on connections that are kept open.

Not by Twilio's own library: that one costs three times the processor time of these requests, and 11 MiB (decision 19). The
tests hold what is sent against what it sends. https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import certifi
import orjson
import urllib3
import urllib3.exceptions
import urllib3.util

from services.chassis.jobs import RetryAfter
from services.notifications import sms
from services.notifications.settings import Settings
from services.notifications.sms import NoAnswer, Sms, SmsAccountRefused, SmsRefused, SmsUnavailable

#: Twilio's error codes that say something about the message (https://www.twilio.com/docs/api/errors)
CODES = {
    **dict.fromkeys((21211, 21217, 21265, 21401, 21421, 21614, 30005, 30006), sms.INVALID_NUMBER),
    **dict.fromkeys((21408, 21612, 21635, 30024, 30454, 63038), sms.NOT_ROUTED),
    **dict.fromkeys((30003, 30008, 30017, 30022), sms.UNREACHABLE_NUMBER),
    **dict.fromkeys((21610, 30004), sms.UNSUBSCRIBED),
    **dict.fromkeys((30007, 30032, 30034), sms.FILTERED),
    30036: sms.EXPIRED,
}
#: … and those that say something about us: sender not ours, account closed or out of credit
_ACCOUNT = frozenset({20003, 20005, 20006, 21603, 21606, 21659, 21660, 30002})
#: … and those that ask for patience: too many waiting at this sender
_BUSY = frozenset({20429, 21611, 30001})
_MOST_FOUND = 50
_CLOCK_LEEWAY = timedelta(seconds=60)
_BUSY_SECONDS, _LONGEST_VALID = 5.0, 36_000


class TwilioSms:
    """`connections`: how many are kept open."""

    def __init__(self, settings: Settings, *, connections: int) -> None:
        service = settings.twilio_from.startswith("MG")
        self._sender = {"MessagingServiceSid" if service else "From": settings.twilio_from}
        self._http = _Api(settings, connections)

    def send(self, message: Sms, *, timeout: float) -> str:
        """Hand it over; Twilio's SID of it."""
        form = {"To": message.to, "Body": message.text, **self._sender}
        if message.callback_url:
            form["StatusCallback"] = message.callback_url
        if message.valid_seconds is not None:
            form["ValidityPeriod"] = str(max(1, min(message.valid_seconds, _LONGEST_VALID)))
        answer = self._http.ask("POST", timeout, form=form)
        if not answer.ok:
            raise _told(answer, sending=True)
        sid = answer.content.get("sid")
        if not sid:
            raise NoAnswer("twilio: an answer without a SID")
        return str(sid)

    def find(self, message: Sms, *, since: datetime, timeout: float) -> list[str]:
        """Looked for by phone, then by text and time: Twilio's own filter by DateSent leaves out what it has still queued."""
        answer = self._http.ask("GET", timeout, query={"To": message.to, "PageSize": str(_MOST_FOUND)})
        if not answer.ok:
            raise _told(answer, sending=False)
        earliest = since - _CLOCK_LEEWAY
        # a trial account puts a sentence of its own before each text
        return [
            str(one["sid"])
            for one in answer.content.get("messages", [])
            if (one.get("body") or "").endswith(message.text)
            and (not one.get("date_created") or parsedate_to_datetime(one["date_created"]) >= earliest)
        ]


class _Answer(NamedTuple):
    """What Twilio said. `content`: empty if it is not JSON, as from something that stands between."""

    status: int
    content: dict[str, Any]
    retry_after: float | None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class _Api:
    """`…/Messages.json` of the account. No proxy and no `~/.netrc` is looked at: either could see or replace what goes out."""

    def __init__(self, settings: Settings, connections: int) -> None:
        base = urllib3.util.parse_url(settings.twilio_base_url.reveal().rstrip("/"))
        account = settings.twilio_account_sid
        self._path = f"{base.path or ''}/2010-04-01/Accounts/{account}/Messages.json"
        self._headers = {
            **urllib3.util.make_headers(basic_auth=f"{account}:{settings.twilio_auth_token.reveal()}", user_agent="vss"),
            "Accept": "application/json",
        }
        # made once: urllib3 would read all certificates anew for each connection
        tls = {"ssl_context": ssl.create_default_context(cafile=certifi.where())} if base.scheme == "https" else {}
        self._pool = urllib3.connection_from_url(base.url, maxsize=connections, block=False, retries=False, **tls)
        # at debug it would log addresses
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    def ask(
        self, method: str, seconds: float, *, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> _Answer:
        """One request, of which connecting and each wait for an answer may take so many seconds.

        :raises SmsUnavailable: if no connection came about, so nothing has been asked.
        :raises NoAnswer: if it broke off later.
        """
        headers, body = self._headers, None
        if form is not None:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(form)
        try:
            answer = self._pool.urlopen(
                method,
                f"{self._path}?{urlencode(query)}" if query else self._path,
                body=body,
                headers=headers,
                redirect=False,
                timeout=urllib3.Timeout(connect=seconds, read=seconds),
            )
        except urllib3.exceptions.HTTPError as error:
            said = f"twilio: {type(error).__name__}"
            raise (SmsUnavailable(said) if isinstance(error, _NEVER_SENT) else NoAnswer(said)) from None
        return _Answer(answer.status, _json(answer.data), _seconds(answer.headers.get("Retry-After")))


#: these come before a byte of the request goes out
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.SSLError)


def _told(answer: _Answer, *, sending: bool) -> Exception:
    """What an error answer of Twilio means to us; its text stays behind, for it quotes phone numbers."""
    status, code = answer.status, answer.content.get("code")
    said = f"twilio: HTTP {status}, code {code if isinstance(code, int) else None}"
    if status == 429 or code in _BUSY:
        return RetryAfter(said, after_seconds=answer.retry_after or _BUSY_SECONDS)
    if status >= 500:
        return NoAnswer(said) if sending else SmsUnavailable(said)
    if code in CODES:
        return SmsRefused(CODES[code], said)
    if status in (401, 402, 403, 404) or code in _ACCOUNT:
        return SmsAccountRefused(said)
    return SmsRefused(sms.REFUSED, said)


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _seconds(text: str | None) -> float | None:
    """`Retry-After` as seconds; its form as a date is not Twilio's."""
    return float(text) if text and text.isdecimal() else None

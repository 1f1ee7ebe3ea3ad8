"""Twilio's Message resource and error responses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from deploy.sandbox.segments import segments

API = "2010-04-01"


@dataclass(slots=True)
class Sms:
    """An accepted message and its status."""

    account: str
    to: str
    sender: str | None
    service: str | None
    body: str
    callback: str | None
    created: datetime
    sid: str
    status: str = "queued"
    updated: datetime | None = None
    sent: datetime | None = None
    error: int | None = None

    @classmethod
    def taken(cls, account: str, form: dict[str, str], now: datetime) -> Sms:
        """Create a message from a checked form. With a messaging service and no sender it starts as `accepted`, like Twilio's."""
        sender, service = form.get("From") or None, form.get("MessagingServiceSid") or None
        sid = "SM" + secrets.token_hex(16)
        sms = cls(account, form["To"], sender, service, form["Body"], form.get("StatusCallback") or None, now, sid)
        sms.status = "queued" if sender else "accepted"
        return sms

    @property
    def uri(self) -> str:
        return f"/{API}/Accounts/{self.account}/Messages/{self.sid}.json"

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": self.account,
            "api_version": API,
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(self.sent),
            "date_updated": rfc2822(self.updated or self.created),
            "direction": "outbound-api",
            "error_code": self.error,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service,
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": self.uri.replace(".json", "/Media.json")},
            "to": self.to,
            "uri": self.uri,
        }

    def as_callback(self, status: str) -> dict[str, str]:
        """Return the form of a status callback."""
        form = {
            "AccountSid": self.account,
            "ApiVersion": API,
            "From": self.sender or "",
            "MessageSid": self.sid,
            "MessageStatus": status,
            "SmsSid": self.sid,
            "SmsStatus": status,
            "To": self.to,
        }
        if self.service:
            form["MessagingServiceSid"] = self.service
        if self.error and status in ("failed", "undelivered"):
            form["ErrorCode"] = str(self.error)
        return form


def rfc2822(moment: datetime | None) -> str | None:
    """Return a time as `Sun, 22 Nov 2026 02:40:00 +0000`."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0)) if moment else None


def error(status: int, code: int, message: str) -> web.Response:
    """Return an error response like Twilio's."""
    body = {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    headers = {"Retry-After": "1"} if status == 429 else {}
    return web.json_response(body, status=status, headers=headers)

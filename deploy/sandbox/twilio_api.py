"""Simulate the part of Twilio's API that sends, fetches and lists messages, so that Twilio's own client works with it."""

from __future__ import annotations

import asyncio
import base64
import random
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from deploy.sandbox import twilio_numbers as numbers
from deploy.sandbox.callbacks import Callbacks
from deploy.sandbox.faults import Faults
from deploy.sandbox.inbox import Inbox
from deploy.sandbox.settings import Settings
from deploy.sandbox.twilio_callbacks import signed
from deploy.sandbox.twilio_lists import page
from deploy.sandbox.twilio_message import API, Sms, error
from services.chassis import clock

_ACCOUNT = "{account:AC[0-9a-zA-Z]+}"
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_BRAND = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}|[0-9]{3,8}")
_LONGEST = 1600
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Twilio:
    """`/2010-04-01/Accounts/{sid}/Messages…`; accepts any well-formed account SID, with the configured token."""

    def __init__(self, settings: Settings, inbox: Inbox, callbacks: Callbacks, faults: Faults) -> None:
        self._faults = faults
        self._settings = settings
        self._inbox = inbox
        self._callbacks = callbacks
        self._messages: OrderedDict[str, Sms] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        messages = f"/{API}/Accounts/{_ACCOUNT}/Messages"
        return [
            web.get(f"/{API}/Accounts/{_ACCOUNT}.json", self._signed_in(self.account)),
            web.post(f"{messages}.json", self._signed_in(self.create)),
            web.get(f"{messages}.json", self._signed_in(self.list)),
            web.get(messages + "/{sid}.json", self._signed_in(self.fetch)),
        ]

    async def account(self, request: web.Request) -> web.StreamResponse:
        """Show the account, which is always active."""
        return web.json_response({"sid": request.match_info["account"], "status": "active", "type": "Full"})

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Accept a message, or refuse it with Twilio's error codes."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if refused := _check(form):
            return error(refused.status, refused.code, refused.message.format(to=form.get("To"), sender=form.get("From")))
        faults = self._faults.sms
        bad = self._faults.happens(faults.share, "sms")
        if bad and faults.refuse:
            return error(400, faults.refuse, "Refused by a fault that was switched on")
        if bad and faults.fail:
            return error(faults.fail, 20000 + faults.fail, "Failed by a fault that was switched on")
        sms = Sms.taken(request.match_info["account"], form, clock.now())
        self._messages[sms.sid] = sms
        while len(self._messages) > self._settings.keep_messages:
            self._messages.popitem(last=False)
        if bad and faults.answer_seconds:
            await asyncio.sleep(faults.answer_seconds)
        late = faults.delivery_seconds if bad else 0.0
        asyncio.get_running_loop().call_later(self._settings.delivery_seconds / 2, self._send, sms, late)
        if (sms.to == numbers.ANSWER_LOST or (bad and faults.cut)) and request.transport is not None:
            request.transport.abort()
        return web.json_response(sms.as_json(), status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """List messages by page, newest first."""
        mine = (sms for sms in reversed(self._messages.values()) if sms.account == request.match_info["account"])
        shown = self._faults.sms.list
        try:
            return web.json_response(page(request, () if shown == "empty" else mine, masked=shown == "masked"))
        except ValueError as fault:
            return error(400, 20001, str(fault))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Show the current state of a message."""
        sms = self._messages.get(request.match_info["sid"])
        if sms is None or sms.account != request.match_info["account"]:
            return error(404, 20404, f"The requested resource {request.path} was not found")
        return web.json_response(sms.as_json())

    # Delivery

    def _send(self, sms: Sms, late: float) -> None:
        sms.sent = clock.now()
        sms.sender = sms.sender or "VSS"
        self._becomes(sms, "sent")
        asyncio.get_running_loop().call_later(self._settings.delivery_seconds / 2 + late, self._deliver, sms)

    def _deliver(self, sms: Sms) -> None:
        record = self._faults.sms.record
        if record:
            sms.status, sms.updated = record, clock.now()
            if record in ("undelivered", "failed"):
                sms.error = 30003
            return
        if loss := numbers.LOST_TO.get(sms.to):
            sms.error = loss.code
            self._inbox.counts["lost"] += 1
            self._becomes(sms, loss.status)
            return
        self._inbox.put(
            "sms",
            to=sms.to,
            sender=sms.sender or "",
            text=sms.body,
            at=clock.now(),
            details={"sid": sms.sid, "road": "twilio"},
        )
        self._becomes(sms, "delivered")

    def _becomes(self, sms: Sms, status: str) -> None:
        sms.status = status
        sms.updated = clock.now()
        faults = self._faults
        if not sms.callback or sms.to == numbers.NO_CALLBACK or faults.happens(faults.sms.callbacks_lost, "callback lost"):
            return
        form, loop = sms.as_callback(status), asyncio.get_running_loop()
        times = 2 if faults.happens(faults.sms.callbacks_doubled, "callback doubled") else 1
        for time in range(times):
            # a late one overtakes or is overtaken by the next
            late = random.uniform(0, faults.sms.callbacks_late_seconds)  # noqa: S311  # a simulation
            callback = signed(self._settings.auth_token, sms.callback, form)
            loop.call_later(late + time / 10, self._callbacks.add, callback)

    def _signed_in(self, handler: _Handler) -> _Handler:
        """Require basic auth with the path's account and the token."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if self._faults.sms.dead and request.transport is not None:
                request.transport.abort()
                return web.Response()
            expected = f"{request.match_info['account']}:{self._settings.auth_token}"
            given = request.headers.get("Authorization", "")
            basic = "Basic " + base64.b64encode(expected.encode()).decode()
            if not compare_digest(given.encode(), basic.encode()):
                return error(401, 20003, "Authenticate")
            return await handler(request)

        return checked


def _check(form: dict[str, str]) -> numbers.Refusal | None:
    """Return the first fault of a request to send, checked in Twilio's order; None if there is none."""
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    callback = form.get("StatusCallback", "")
    checks = (
        (not to, 21604, "A 'To' phone number is required."),
        (not sender and not form.get("MessagingServiceSid"), 21603, "A 'From' phone number is required."),
        (not body, 21602, "Message body is required."),
        (len(body) > _LONGEST, 21617, "The concatenated message body exceeds the 1600 character limit."),
        (not _PHONE.fullmatch(to), 21211, "Invalid 'To' Phone Number: {to}"),
        (
            sender and not (_PHONE.fullmatch(sender) or _BRAND.fullmatch(sender)),
            21212,
            "Invalid From Number (caller ID): {sender}",
        ),
        (callback and not _is_address(callback), 21609, "The StatusCallback URL is not a valid url."),
    )
    for wrong, code, message in checks:
        if wrong:
            return numbers.Refusal(400, code, message)
    return numbers.REFUSED_FROM.get(sender) or numbers.REFUSED_TO.get(to)


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)

"""Faults of the SMS provider and the mail server that can be switched on, as a bad day brings them (docs/providers.md)."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

from aiohttp import web

from deploy.sandbox.requests import json_object

_LISTS = ("all", "empty", "masked")
_STEPS = ("MAIL", "RCPT", "DATA")
_REPLY = re.compile(r"[45][0-9]{2} [ -~]{0,200}")
_AWS_ERROR = re.compile(r"[A-Za-z]{1,60}( [A-Za-z_]{1,80})?")
_MOST_SECONDS = 600.0


@dataclass(frozen=True)
class ProviderFaults:
    """What befalls either SMS provider. `share`: of how many requests to send (0 to 1). Of these the first that is switched on happens:

    refused, failed; else slow, and then cut. `fail`: an HTTP status. `cut`: taken, and the connection cut before the answer.
    `answer_seconds`: taken, and answered so much later; `delivery_seconds`: delivered so much later. The callbacks' faults are shares of
    them, or seconds. `dead`: on the provider's own port nobody listens; on the common one, connections are cut before a request is taken.
    """

    share: float = 0.0
    fail: int = 0
    cut: bool = False
    answer_seconds: float = 0.0
    delivery_seconds: float = 0.0
    callbacks_lost: float = 0.0
    callbacks_doubled: float = 0.0
    callbacks_late_seconds: float = 0.0
    dead: bool = False


@dataclass(frozen=True)
class SmsFaults(ProviderFaults):
    """Twilio's. `refuse`: its error code, with HTTP 400. `list`: what the list of messages shows.

    `record`: the status that a message ends in, whatever the callbacks said.
    """

    refuse: int = 0
    list: str = "all"
    record: str = ""


@dataclass(frozen=True)
class AwsFaults(ProviderFaults):
    """AWS's. `refuse`: an error's code, and behind a space its reason (`SENDER_ID_NOT_REGISTERED`) or the field that is wrong."""

    refuse: str = ""


@dataclass(frozen=True)
class MailFaults:
    """`share`: of how many e-mails the `step` is answered by `reply`; `cut`: the text is taken, and the connection cut."""

    share: float = 0.0
    step: str = "RCPT"
    reply: str = ""
    cut: bool = False


class Faults:
    """The faults of this moment. `GET` and `PUT /faults/sms` (Twilio), `/faults/aws` and `/faults/mail`; what is left out of a `PUT` is well."""

    def __init__(self) -> None:
        self.sms, self.aws, self.mail = SmsFaults(), AwsFaults(), MailFaults()
        self.counts: Counter[str] = Counter()
        self._chance = random.Random()  # noqa: S311  # a simulation

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/faults", self.show),
            web.put("/faults/sms", self.put_sms),
            web.put("/faults/aws", self.put_aws),
            web.put("/faults/mail", self.put_mail),
        ]

    def happens(self, share: float, what: str) -> bool:
        """Decide whether a fault with this share happens now, and count it."""
        now = self._chance.random() < share
        self.counts[what] += now
        return now

    async def show(self, _request: web.Request) -> web.Response:
        kinds = {"sms": asdict(self.sms), "aws": asdict(self.aws), "mail": asdict(self.mail)}
        return web.json_response({**kinds, "happened": dict(self.counts)})

    async def put_sms(self, request: web.Request) -> web.Response:
        self.sms = _made(SmsFaults, await json_object(request))
        return web.json_response(asdict(self.sms))

    async def put_aws(self, request: web.Request) -> web.Response:
        self.aws = _made(AwsFaults, await json_object(request))
        return web.json_response(asdict(self.aws))

    async def put_mail(self, request: web.Request) -> web.Response:
        self.mail = _made(MailFaults, await json_object(request))
        return web.json_response(asdict(self.mail))


def _made(kind: type[Any], wanted: dict[str, Any]) -> Any:
    """Return the faults asked for.

    :raises HTTPBadRequest: for what is no such fault.
    """
    known = {field.name: field for field in fields(kind)}
    if unknown := wanted.keys() - known.keys():
        raise web.HTTPBadRequest(text=f"no such fault: {', '.join(sorted(unknown))}")
    for name, value in wanted.items():
        if not _fits(name, value, known[name].default):
            raise web.HTTPBadRequest(text=f"{name}: not such a value")
    return kind(**wanted)


def _fits(name: str, value: Any, default: Any) -> bool:
    match default:
        case bool():
            return isinstance(value, bool)
        case float():
            longest = _MOST_SECONDS if name.endswith("_seconds") else 1.0
            return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= longest
        case int():
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100_000
        case _:
            return isinstance(value, str) and _word_fits(name, value)


def _word_fits(name: str, value: str) -> bool:
    if name == "list":
        return value in _LISTS
    if name == "step":
        return value in _STEPS
    if name == "reply":
        return not value or _REPLY.fullmatch(value) is not None
    if name == "refuse":
        return not value or _AWS_ERROR.fullmatch(value) is not None
    return value in ("", "delivered", "undelivered", "failed", "sent")

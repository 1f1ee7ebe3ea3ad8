"""Simulate HGĐ, the national code system, with faults that can be switched on."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from aiohttp import web

from deploy.sandbox import population
from deploy.sandbox.requests import json_object, refuse

MODES = ("none", "slow", "error", "unreachable")
_SLOW_SECONDS, _MOST_SECONDS = 20.0, 300.0
_MOST_ADDED = 1_000


@dataclass(frozen=True)
class Fault:
    """HGĐ's current fault. `seconds`: the response time in mode `slow`."""

    mode: str = "none"
    seconds: float = _SLOW_SECONDS


class Directory:
    """Serves look-ups from the population and from people added since."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key
        self._added: dict[str, dict[str, Any]] = {}
        self.fault = Fault()
        self._switched = asyncio.Event()
        self.counts: Counter[str] = Counter()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/hgd/lookups", self.look_up),
            web.put("/hgd/faults", self.put_fault),
            web.get("/hgd/faults", self.get_fault),
            web.post("/hgd/faults", self.post_fault),
            web.put("/hgd/people/{bhxh_code:[0-9]{10}}", self.put_person),
        ]

    async def look_up(self, request: web.Request) -> web.StreamResponse:
        """Look up `{"bhxh_code"}`. A fault takes effect before anything else, as in reality."""
        fault = self.fault
        self.counts["asked"] += 1
        if fault.mode != "none":
            self.counts[fault.mode] += 1
        if fault.mode == "unreachable":
            # no response at all: cut the connection
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.mode == "slow":
            # waiting requests are served at once when the fault is cleared
            with suppress(TimeoutError):
                await asyncio.wait_for(self._switched.wait(), fault.seconds)
        if fault.mode == "error":
            return refuse(503, "HGĐ is out of order")
        if not compare_digest(request.headers.get("X-Api-Key", "").encode(), self._api_key.encode()):
            return refuse(401, "X-Api-Key is missing or wrong")
        code = (await json_object(request)).get("bhxh_code")
        if not (isinstance(code, str) and len(code) == 10 and code.isascii() and code.isdigit()):
            return refuse(400, "bhxh_code: expected ten digits")
        found = self._find(code)
        self.counts["found" if found else "not_found"] += 1
        if not found:
            return web.json_response({"found": False})
        return web.json_response({"found": True, "bhxh_code": code, **found})

    async def get_fault(self, _request: web.Request) -> web.Response:
        return web.json_response(self._fault_json())

    async def put_fault(self, request: web.Request) -> web.Response:
        """Set the fault: `{"mode": "none|slow|error|unreachable", "seconds"?}`."""
        self._switch(await json_object(request))
        return web.json_response(self._fault_json())

    async def post_fault(self, request: web.Request) -> web.Response:
        """Set the fault from the page's form."""
        self._switch({"mode": (await request.post()).get("mode")})
        raise web.HTTPSeeOther("/")

    async def put_person(self, request: web.Request) -> web.Response:
        """Issue a code to a person: `{"full_name", "date_of_birth", "phone"?, …}`.

        The record is answered as it is given: HGĐ has people with a year only (`1959`, `"00/00/1959"`), without a date
        of birth, and with fields that nobody expects.
        """
        body = await json_object(request)
        name = body.get("full_name")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 200:
            return refuse(400, "full_name: expected 1 to 200 characters")
        if len(self._added) >= _MOST_ADDED:
            return refuse(409, f"{_MOST_ADDED} people have been added already")
        own = {field: value for field, value in body.items() if field not in ("found", "bhxh_code")}
        self._added[request.match_info["bhxh_code"]] = own | {"full_name": name.strip()}
        return web.json_response({"found": True}, status=201)

    def _find(self, code: str) -> dict[str, Any] | None:
        if code in self._added:
            return self._added[code]
        person = population.find(code)
        if person is None:
            return None
        return {"full_name": person.full_name, "date_of_birth": person.date_of_birth.isoformat(), "phone": person.phone}

    def _switch(self, wanted: dict[str, Any]) -> None:
        mode, seconds = wanted.get("mode"), wanted.get("seconds", _SLOW_SECONDS)
        if mode not in MODES:
            raise web.HTTPBadRequest(text=f"mode: one of {', '.join(MODES)} is expected")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _MOST_SECONDS:
            raise web.HTTPBadRequest(text=f"seconds: 0 to {_MOST_SECONDS:g} is expected")
        self.fault = Fault(mode, float(seconds))
        self._switched.set()
        self._switched = asyncio.Event()

    def _fault_json(self) -> dict[str, Any]:
        slow = {"seconds": self.fault.seconds} if self.fault.mode == "slow" else {}
        return {"mode": self.fault.mode, **slow}

"""Citizens and officers as one light process: keep-alive connections, coroutines, no waiting for what is not measured."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from playground.citizen import Human, form
from playground.pictures import photo

_JPEG = {"Content-Type": "image/jpeg"}
_JSON = {"Content-Type": "application/json"}
_PICTURES = ("id_front", "id_back", "portrait")
#: an officer does not ask for a dossier many times a second
_ON_ITS_WAY_SECONDS = 0.3
_LONGEST_PAUSE_SECONDS = 2.4
_REFUSED_SECONDS = 0.1
_LATER = frozenset({429, 503})


class CrowdError(RuntimeError):
    """A request was answered as it should not have been."""


@dataclass
class Filed:
    """A dossier on its way; times of the machine's clock, in seconds."""

    human: Human
    no: str = ""
    tracking: str = ""
    began_at: float = 0.0
    #: when the decision was answered with 202
    decided_at: float = 0.0
    #: when its SMS with the password came
    told_at: float = 0.0


class Crowd:
    """Requests to all services over at most `connections` connections. `seconds` of requests are kept by what they are."""

    def __init__(self, bases: Mapping[str, str], *, connections: int, officer_token: str = "") -> None:
        self._bases = bases
        self._connections = connections
        self._staff = {"Authorization": f"Bearer {officer_token}"}
        self._pictures = [photo("portrait", f"bench {number}", size=(160, 120)) for number in range(8)]
        self.seconds: dict[str, list[float]] = {}
        self.requests: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=10)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def files(self, filed: Filed, *, pictures: bool = True) -> None:
        """Form 01, its pictures, the commitment."""
        filed.began_at = time.time()
        body, key = json.dumps(form(filed.human)).encode(), {"Idempotency-Key": str(uuid.uuid4()), **_JSON}
        made = await self._call("create", "POST", "/registration/declarations", body, key, 201)
        filed.tracking = made["tracking_code"]
        path, mine = f"/registration/declarations/{made['draft_id']}", {"X-Tracking-Code": filed.tracking}
        for number, kind in enumerate(_PICTURES if pictures else ()):
            picture = self._pictures[(number + len(self._pictures)) % len(self._pictures)]
            await self._call("picture", "PUT", f"{path}/attachments/{kind}", picture, {**mine, **_JPEG}, 200)
        key = {"Idempotency-Key": str(uuid.uuid4()), **_JSON, **mine}
        submitted = await self._call("submit", "POST", f"{path}/submit", b'{"commitment": true}', key, 202)
        filed.no = submitted["dossier_no"]

    async def approves(self, filed: Filed) -> None:
        """ID shown, Form 01 signed and scanned, valid; as soon as the dossier has come to verification."""
        path, here = f"/verification/cases/{filed.no}", {**self._staff, **_JSON}
        await asyncio.sleep(_ON_ITS_WAY_SECONDS)
        pause = _ON_ITS_WAY_SECONDS
        while await self._call("receive", "POST", f"{path}/receive", b'{"id_shown": true}', here, 200, 404) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        await self._call("phone", "POST", f"{path}/phone", b"{}", here, 200)
        picture = {**self._staff, **_JPEG}
        await self._call("signed form", "PUT", f"{path}/attachments/signed_form", self._pictures[-1], picture, 200)
        key = {"Idempotency-Key": str(uuid.uuid4()), **here}
        decision = b'{"outcome": "valid", "id_shown": true}'
        await self._call("decision", "POST", f"{path}/decision", decision, key, 202)
        filed.decided_at = time.time()

    async def inbox(self, after: int) -> list[dict[str, Any]]:
        """What has arrived since."""
        return list((await self._call("inbox", "GET", f"/inbox?after={after}&channel=sms", b"", {}, 200))["messages"])

    async def _call(
        self, what: str, method: str, path: str, body: bytes, headers: Mapping[str, str], right: int, none: int = 0
    ) -> Any:
        url = self._bases[path.split("/")[1].partition("?")[0]] + path
        while True:
            began = time.perf_counter()
            async with self._session.request(method, url, data=body or None, headers=headers) as answer:
                content = await answer.read()
            self.seconds.setdefault(what, []).append(time.perf_counter() - began)
            self.requests[what] += 1
            if answer.status == right:
                return json.loads(content) if content else None
            if answer.status == none:
                return None
            if answer.status not in _LATER:
                raise CrowdError(f"{method} {path}: {answer.status} {content[:300]!r}")
            self.requests["refused for a while"] += 1
            await asyncio.sleep(_REFUSED_SECONDS)


def milliseconds(seconds: list[float], share: float) -> float:
    """The time within which this share of them lies."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0

"""Reading what was sent, and saying what was wrong with it."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


def refuse(status: int, detail: str) -> web.Response:
    """A short problem in JSON; a stand-in needs no two languages."""
    return web.json_response({"status": status, "detail": detail}, status=status, content_type="application/problem+json")


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body as an object, else 400."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(
            text=json.dumps({"status": 400, "detail": "a JSON object is expected"}), content_type="application/problem+json"
        )
    return body

"""Read JSON requests and refuse malformed ones."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


def refuse(status: int, detail: str) -> web.Response:
    """Return a short problem+json, in English only: this is a simulation."""
    return web.json_response({"status": status, "detail": detail}, status=status, content_type="application/problem+json")


async def json_object(request: web.Request) -> dict[str, Any]:
    """Return the body as a JSON object.

    :raises HTTPBadRequest: if it is not one.
    """
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(
            text=json.dumps({"status": 400, "detail": "expected a JSON object"}), content_type="application/problem+json"
        )
    return body

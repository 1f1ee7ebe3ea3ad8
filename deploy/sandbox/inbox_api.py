"""Serve the inbox to programs: messages as JSON, and the bodies and files of e-mails."""

from __future__ import annotations

from urllib.parse import quote

import orjson
from aiohttp import web

from deploy.sandbox.inbox import Inbox
from deploy.sandbox.requests import refuse

_CHANNELS = ("sms", "email")
#: an e-mail is untrusted: no scripts, no forms, nothing fetched from elsewhere, and no access to our own pages
_STRANGER = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


class InboxApi:
    """`GET /inbox?to=&channel=&after=`, `DELETE /inbox`, `/inbox/{id}/html`, `/inbox/{id}/attachments/{n}`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/inbox", self.list),
            web.delete("/inbox", self.clear),
            web.get("/inbox/{id:[0-9]{1,15}}/html", self.html),
            web.get("/inbox/{id:[0-9]{1,15}}/attachments/{n:[0-9]{1,3}}", self.attachment),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """List messages as `{"messages": […]}`, newest last; `after`: only those with a greater id."""
        channel, after = request.query.get("channel") or None, request.query.get("after", "0")
        if channel not in (None, *_CHANNELS):
            return refuse(400, f"channel: one of {', '.join(_CHANNELS)} is expected")
        if not (after.isascii() and after.isdigit()):
            return refuse(400, "after: expected the id of a message")
        found = self._inbox.find(to=request.query.get("to") or None, channel=channel, after=int(after))
        body = orjson.dumps({"messages": [message.as_json() for message in found]})
        return web.Response(body=body, content_type="application/json")

    async def clear(self, _request: web.Request) -> web.Response:
        """Delete all messages; ids keep growing."""
        self._inbox.clear()
        return web.Response(status=204)

    async def html(self, request: web.Request) -> web.Response:
        """Serve the HTML of an e-mail, for display in a frame."""
        message = self._inbox.get(int(request.match_info["id"]))
        if message is None or message.html is None:
            return refuse(404, "no such e-mail, or it has no HTML")
        return web.Response(text=message.html, content_type="text/html", headers=_STRANGER)

    async def attachment(self, request: web.Request) -> web.Response:
        """Serve an e-mail's attachment as a download."""
        message, place = self._inbox.get(int(request.match_info["id"])), int(request.match_info["n"])
        files = message.attachments if message else ()
        if place >= len(files):
            return refuse(404, "no such file")
        file = files[place]
        if file.content is None:
            return refuse(410, "newer files needed the space")
        name = f"attachment; filename*=UTF-8''{quote(file.name or 'file')}"
        return web.Response(
            body=file.content, headers={**_STRANGER, "Content-Disposition": name, "Content-Type": file.content_type}
        )

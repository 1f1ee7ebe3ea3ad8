"""Assemble the sandbox: one aiohttp application, and the mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from deploy.sandbox import mail
from deploy.sandbox.directory import Directory
from deploy.sandbox.faults import Faults
from deploy.sandbox.inbox import Inbox
from deploy.sandbox.inbox_api import InboxApi
from deploy.sandbox.page import Page
from deploy.sandbox.settings import Settings
from deploy.sandbox.twilio_api import Twilio
from deploy.sandbox.twilio_callbacks import Callbacks

_MOST_BODY_BYTES = 1024**2


def make(settings: Settings) -> web.Application:
    """Return the application; the mail server starts and stops with it."""
    app = web.Application(client_max_size=_MOST_BODY_BYTES)
    inbox = Inbox(settings.keep_messages, settings.keep_attachment_bytes)
    faults = Faults()
    callbacks = Callbacks(settings.auth_token, settings.callback_tries, settings.callback_timeout_seconds)
    directory = Directory(settings.api_key)
    app.add_routes([web.get("/healthz", _healthy)])
    app.add_routes(directory.routes())
    app.add_routes(faults.routes())
    app.add_routes(Twilio(settings, inbox, callbacks, faults).routes())
    app.add_routes(InboxApi(inbox).routes())
    app.add_routes(Page(settings, inbox, directory, callbacks).routes())

    async def background(_app: web.Application) -> AsyncIterator[None]:
        callbacks.start()
        mailer = await mail.serve(settings, inbox, faults)
        yield
        mailer.close()
        await mailer.wait_closed()
        await callbacks.stop()

    app.cleanup_ctx.append(background)
    return app


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})

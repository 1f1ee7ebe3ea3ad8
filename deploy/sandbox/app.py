"""Assemble the sandbox: one aiohttp application, and the mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from deploy.sandbox import mail
from deploy.sandbox.aws_sms import AwsSms
from deploy.sandbox.callbacks import Callbacks
from deploy.sandbox.directory import Directory
from deploy.sandbox.doors import Door
from deploy.sandbox.faults import Faults
from deploy.sandbox.inbox import Inbox
from deploy.sandbox.inbox_api import InboxApi
from deploy.sandbox.mailbox import Mailbox
from deploy.sandbox.page import Page
from deploy.sandbox.settings import Settings
from deploy.sandbox.sns import Sns
from deploy.sandbox.twilio_api import Twilio

_MOST_BODY_BYTES = 1024**2


def make(settings: Settings) -> web.Application:
    """Return the application; the mail server starts and stops with it."""
    app = web.Application(client_max_size=_MOST_BODY_BYTES)
    inbox = Inbox(settings.keep_messages, settings.keep_attachment_bytes)
    faults = Faults()
    callbacks = Callbacks(settings.callback_tries, settings.callback_timeout_seconds)
    sns = Sns(settings.seen_at)
    twilio = Twilio(settings, inbox, callbacks, faults)
    aws = AwsSms(settings, inbox, callbacks, faults, sns)
    doors = [
        Door(settings.host, port, provider.routes(), is_shut)
        for port, provider, is_shut in (
            (settings.twilio_port, twilio, lambda: faults.sms.dead),
            (settings.aws_port, aws, lambda: faults.aws.dead),
        )
        if port
    ]
    directory = Directory(settings.api_key)
    app.add_routes([web.get("/healthz", _healthy)])
    app.add_routes(directory.routes())
    app.add_routes(faults.routes())
    app.add_routes(twilio.routes())
    app.add_routes(aws.routes())
    app.add_routes(sns.routes())
    app.add_routes(InboxApi(inbox).routes())
    app.add_routes(Page(settings, inbox, directory, callbacks).routes())

    async def background(_app: web.Application) -> AsyncIterator[None]:
        callbacks.start()
        mailbox = Mailbox(settings) if settings.imap_port else None
        if mailbox is not None:
            await mailbox.start()
        mailer = await mail.serve(settings, inbox, faults, mailbox)
        for door in doors:
            await door.start()
        yield
        for door in doors:
            await door.stop()
        mailer.close()
        await mailer.wait_closed()
        if mailbox is not None:
            await mailbox.stop()
        await callbacks.stop()

    app.cleanup_ctx.append(background)
    return app


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})

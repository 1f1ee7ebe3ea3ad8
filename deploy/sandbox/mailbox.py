"""Simulate the mailbox of complaints: a real IMAP server (`pymap`) that keeps its e-mails in memory."""

from __future__ import annotations

import asyncio
import ssl
from argparse import Namespace
from datetime import UTC, datetime

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from deploy.sandbox.settings import Settings

_INBOX = "INBOX"


class Mailbox:
    """One user's mailbox; the address is the user name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.address = settings.mailbox_user.casefold()
        self._backend: DictBackend | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        settings = self._settings
        told = Namespace(
            host=settings.host,
            port=settings.imap_port,
            debug=False,
            cert=None,
            key=None,
            tls=False,
            passlib_cfg=None,
            proxy_protocol=None,
            demo_data=False,
            demo_user=settings.mailbox_user,
            demo_password=settings.mailbox_password,
        )
        self._backend, config = await DictBackend.init(told)
        config.apply_context()
        talk = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(self._backend.login, config))
        self._server = await asyncio.start_server(talk, settings.host, settings.imap_port, ssl=self._certificate())

    async def put(self, content: bytes) -> None:
        """Put an e-mail into the mailbox, unread."""
        if self._backend is None:
            return
        async with self._backend.login.demo_user_identity.new_session() as session:
            # the server's own clock: nobody reads by it
            await session.append_messages(_INBOX, [AppendMessage(content, datetime.now(UTC))])

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def _certificate(self) -> ssl.SSLContext | None:
        if not self._settings.imap_certificate:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._settings.imap_certificate, self._settings.imap_key)
        return context

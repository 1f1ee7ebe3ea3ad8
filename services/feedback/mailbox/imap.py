"""Read the mailbox by IMAP (`imap-tools`). What each answer means: imap.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from services.chassis import tls
from services.chassis.errors import ChassisError
from services.chassis.verdicts import Fault, Verdicts
from services.feedback.mailbox.port import MailboxRefused, MailboxUnavailable, OpenMailbox, Raw
from services.feedback.settings import Settings

TABLE = Verdicts.load(Path(__file__).with_name("imap.toml"))
_SEEN = "\\Seen"
#: response codes of RFC 5530; whatever else is in brackets says nothing about whose fault it is
_CODE = re.compile(r"\[([A-Z]{4,30})[\] ]")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")


class ImapMailbox:
    """The mailbox named in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self) -> Iterator[OpenMailbox]:
        """Sign in by TLS with the host's name checked, and open the folder.

        :raises MailboxUnavailable, MailboxRefused: as the table has it; no text holds an address or any part of an e-mail.
        """
        box: BaseMailBox | None = None
        try:
            box = self._connect()
            yield _Open(box, self._settings.mailbox_folder)
        except ChassisError:
            raise
        except Exception as error:
            raise _failure(error) from None
        finally:
            if box is not None:
                with suppress(Exception):  # whether the server says goodbye does not matter
                    box.logout()

    def _connect(self) -> BaseMailBox:
        settings, way = self._settings, self._settings.mailbox_tls
        host, port, seconds = settings.mailbox_host, settings.mailbox_port, settings.mailbox_wait_seconds
        box: BaseMailBox
        if way == "none":
            box = MailBoxUnencrypted(host, port, timeout=seconds)
        elif way == "starttls":
            box = MailBoxStartTls(host, port, timeout=seconds, ssl_context=tls.context())
        else:
            box = MailBox(host, port, timeout=seconds, ssl_context=tls.context())
        password = settings.mailbox_password.reveal() if settings.mailbox_password else ""
        sign_in = box.login if (settings.mailbox_user + password).isascii() else box.login_utf8
        try:
            sign_in(settings.mailbox_user, password, initial_folder=settings.mailbox_folder)
        except BaseException:
            with suppress(Exception):
                box.client.shutdown()
            raise
        return box


class _Open:
    """The folder, open."""

    def __init__(self, box: BaseMailBox, folder: str) -> None:
        self._box = box
        self.uidvalidity = int(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])

    def unread(self, *, most: int, max_bytes: int) -> Iterator[Raw]:
        for uid in self._box.uids("UNSEEN")[:most]:
            # PEEK leaves it unread; the partial fetch bounds what comes, whatever size the server names
            parts: Sequence[Any] = self._box.client.uid("FETCH", uid, f"(RFC822.SIZE BODY.PEEK[]<0.{max_bytes}>)")[1]
            whole = next((part for part in parts if isinstance(part, tuple)), None)
            if whole is None:
                continue  # somebody deleted it meanwhile
            named = _SIZE.search(b" ".join(part if isinstance(part, bytes) else part[0] for part in parts if part))
            yield Raw(uid, int(named[1]) if named else len(whole[1]), whole[1])

    def mark_read(self, uids: Sequence[str]) -> None:
        self._box.flag(list(uids), _SEEN, True)


def _failure(error: Exception) -> Exception:
    """Return the port's failure for what the library raised, without its text, which may quote what people wrote."""
    code = _CODE.search(str(error))
    names = [each.__name__ for each in type(error).__mro__]
    verdict = TABLE.find(*([code[1]] if code and TABLE.find(code[1]).source else []), *names)
    detail = f"imap: {type(error).__name__}{f' [{code[1]}]' if code else ''}"
    if verdict.fault is Fault.PASSING:
        return MailboxUnavailable(detail)
    return MailboxRefused(verdict.code, detail)

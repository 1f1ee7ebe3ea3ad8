"""The port to the mailbox of complaints, and its failures.

Transient
├── MailboxUnavailable    not reached, or busy: what was not taken is still unread there
└── Held
    └── MailboxRefused    we are refused, or the answer is not in the table: only an operator can help
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from services.chassis.errors import Held, Transient


class MailboxUnavailable(Transient):
    """The server was not reached, or cannot answer now."""


class MailboxRefused(Held):
    """We were refused: credentials, folder, certificate; or nobody knows what the answer means."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An e-mail as it lies in the mailbox. ``content`` is cut at the most bytes that are taken; ``size`` is all of it."""

    uid: str
    size: int
    content: bytes = field(repr=False)

    @property
    def whole(self) -> bool:
        """Tell whether all of it is here."""
        return len(self.content) >= self.size


class OpenMailbox(Protocol):
    """A mailbox that is open."""

    #: changes when the server numbers its e-mails anew, so that uids of before mean nothing
    uidvalidity: int

    def unread(self, *, most: int, max_bytes: int) -> Iterator[Raw]:
        """Yield the oldest unread e-mails, which stay unread; of a larger one its beginning."""

    def mark_read(self, uids: Sequence[str]) -> None:
        """Mark e-mails as read."""


class Mailbox(Protocol):
    """Opens the mailbox. All raise only this module's failures."""

    def open(self) -> AbstractContextManager[OpenMailbox]:
        """Sign in and open the folder."""

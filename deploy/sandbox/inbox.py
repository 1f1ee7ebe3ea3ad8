"""Keep the newest messages of all channels in bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Channel = Literal["sms", "email"]


@dataclass(frozen=True)
class Attachment:
    """An e-mail attachment. `content` is None once newer files needed the space."""

    name: str
    content_type: str
    size: int
    content: bytes | None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "content_type": self.content_type, "size": self.size}


@dataclass(frozen=True)
class Message:
    """One SMS or e-mail on the phone or in the mailbox of `to`. Ids grow."""

    id: int
    channel: Channel
    to: str
    sender: str
    text: str
    at: datetime
    subject: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    #: `to` in normal form, computed once, because each search compares all messages
    place: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the message as `GET /inbox` shows it."""
        seen = {"id": self.id, "channel": self.channel, "to": self.to, "from": self.sender, "text": self.text}
        mail = {"subject": self.subject, "html": self.html} if self.channel == "email" else {}
        files = [attachment.as_json() for attachment in self.attachments]
        return {**seen, **mail, "attachments": files, "at": self.at.isoformat(), **self.details}


class Inbox:
    """The newest `keep` messages, and the newest attachments, up to `keep_attachment_bytes` in all."""

    def __init__(self, keep: int, keep_attachment_bytes: int) -> None:
        self._messages: deque[Message] = deque(maxlen=keep)
        self._keep_attachment_bytes = keep_attachment_bytes
        self._last_id = 0
        self.counts: Counter[str] = Counter()

    @property
    def last_id(self) -> int:
        """Return the id of the newest message; ids keep growing even if the inbox is emptied."""
        return self._last_id

    def put(self, channel: Channel, *, to: str, sender: str, text: str, at: datetime, **more: Any) -> Message:
        """Add a message; drop the oldest if there are too many."""
        self._last_id += 1
        message = Message(self._last_id, channel, to, sender, text, at, place=same_place(to), **more)
        self._messages.append(message)
        self.counts[channel] += 1
        if message.attachments:
            self._forget_old_files()
        return message

    def find(self, *, to: str | None = None, channel: str | None = None, after: int = 0) -> Iterator[Message]:
        """Yield the matching messages, oldest first. `to`: a phone number in any usual format, or an e-mail address."""
        wanted = same_place(to) if to else None
        for message in self._messages:
            if message.id <= after or (channel and message.channel != channel):
                continue
            if wanted in (None, message.place):
                yield message

    def get(self, number: int) -> Message | None:
        """Return the message with this id, if it is still kept."""
        return next((message for message in self._messages if message.id == number), None)

    def clear(self) -> None:
        """Delete all messages; ids keep growing."""
        self._messages.clear()
        self.counts.clear()

    def _forget_old_files(self) -> None:
        used = 0
        for place in reversed(range(len(self._messages))):
            message = self._messages[place]
            used += sum(len(file.content or b"") for file in message.attachments)
            if used > self._keep_attachment_bytes and any(file.content for file in message.attachments):
                kept = tuple(Attachment(file.name, file.content_type, file.size, None) for file in message.attachments)
                self._messages[place] = Message(**{**vars(message), "attachments": kept})


def same_place(to: str) -> str:
    """Return the normal form of a phone or mailbox: 0983 847 986 and +84983847986, A@x.vn and a@x.vn are the same."""
    if "@" in to:
        return to.strip().lower()
    digits = "".join(letter for letter in to if letter.isdigit())
    return "84" + digits[1:] if digits.startswith("0") else digits

"""Read what people have received: the sandbox's inbox, where every SMS and e-mail of the system arrives."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from playground.web import Web

_PASSWORD = re.compile(r"Mat khau: (\S+)")
_OTP = re.compile(r"OTP: (\d{6})\b")


class Message(NamedTuple):
    """One SMS or e-mail."""

    id: str
    channel: str
    to: str
    text: str
    subject: str
    attachments: list[dict[str, Any]]
    at: str

    @property
    def password(self) -> str | None:
        """Return the first password in the text."""
        found = _PASSWORD.search(self.text)
        return found[1] if found else None

    @property
    def words(self) -> list[str]:
        """Return the words of the text; a number at the end of a sentence loses its full stop."""
        return [word.strip(".,;:()") for word in self.text.split()]

    @property
    def otp(self) -> str | None:
        """Return the one-time code in the text."""
        found = _OTP.search(self.text)
        return found[1] if found else None


class Inbox:
    """The inbox of one address (a phone in E.164, or an e-mail address)."""

    def __init__(self, web: Web, to: str) -> None:
        self._web = web
        self.to = to
        self._read = 0

    def all(self, channel: str | None = None) -> list[Message]:
        """Return everything that has arrived, newest last."""
        params = {"to": self.to, **({"channel": channel} if channel else {})}
        return [message_of(one) for one in self._web.call("GET", "/inbox", params=params)["messages"]]

    def count(self) -> int:
        return len(self.all())

    def until(self, *words: str, channel: str = "sms", skip: int = 0, seconds: float | None = None) -> Message:
        """Wait for the first message after the first `skip` that contains all `words`, and return it."""

        def those(arrived: list[Message]) -> list[Message]:
            told = [message for message in arrived if message.channel == channel][skip:]
            return [message for message in told if all(word in f"{message.subject}\n{message.text}" for word in words)]

        what = f"a {channel} to {self.to} with {words}, after {skip}"
        return those(self._web.until(self.all, lambda arrived: bool(those(arrived)), what, seconds))[0]

    def next(self, *words: str) -> Message:
        """Wait for the next message of any channel with all these words; mark it and all earlier ones as read."""

        def fits(message: Message) -> bool:
            return int(message.id) > self._read and all(word in f"{message.subject}\n{message.text}" for word in words)

        what = f"a message to {self.to} with {' and '.join(words)}"
        arrived = self._web.until(self.all, lambda seen: any(map(fits, seen)), what)
        message = next(filter(fits, arrived))
        self._read = int(message.id)
        return message

    def skip_all(self) -> None:
        """Mark everything that has arrived as read."""
        self._read = max((int(message.id) for message in self.all()), default=0)

    def first_password(self, dossier_no: str | None = None) -> str:
        """Return the first password, from the SMS about the new account."""
        words = ("Mat khau: ", dossier_no) if dossier_no else ("Mat khau: ",)
        password = self.until(*words).password
        assert password is not None
        return password

    def otp(self, skip: int) -> str:
        """Return the code of the first OTP after the first `skip` SMS."""
        code = self.until("OTP: ", skip=skip).otp
        assert code is not None
        return code

    def sms(self) -> int:
        """Return the number of SMS so far, as an argument for `skip`."""
        return len(self.all("sms"))


def message_of(one: dict[str, Any]) -> Message:
    """Read a message from the sandbox's JSON."""
    return Message(
        str(one["id"]),
        one["channel"],
        one["to"],
        one["text"],
        one.get("subject") or "",
        one.get("attachments") or [],
        one["at"],
    )

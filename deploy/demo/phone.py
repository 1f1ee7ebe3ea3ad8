"""What arrives at somebody's phone and mailbox, read from the sandbox."""

from __future__ import annotations

import re
from typing import Any

from deploy.demo.web import Web, until

_PASSWORD = re.compile(r"Mat khau: (\S+)")
_OTP = re.compile(r"OTP: (\d{6})\b")


class Phone:
    """A phone number or an e-mail address. Each message is read once: `wait` looks for newer ones only."""

    def __init__(self, web: Web, address: str) -> None:
        self._web = web
        self.address = address
        self._read = 0

    def wait(self, *words: str) -> dict[str, Any]:
        """The next message with all these words in it; those before it count as read."""

        def look() -> list[dict[str, Any]]:
            query = {"to": self.address, "after": str(self._read)}
            return list(self._web.call("GET", "/inbox", params=query)["messages"])

        def fits(message: dict[str, Any]) -> bool:
            text = f"{message.get('subject', '')} {message['text']}"
            return all(word in text for word in words)

        found = until(look, lambda new: any(map(fits, new)), f"a message to {self.address} with {' and '.join(words)}")
        message = next(filter(fits, found))
        self._read = int(message["id"])
        return message


def password_in(message: dict[str, Any]) -> str:
    """The first password."""
    return _only(_PASSWORD, message)


def otp_in(message: dict[str, Any]) -> str:
    """The six digits."""
    return _only(_OTP, message)


def _only(pattern: re.Pattern[str], message: dict[str, Any]) -> str:
    found = pattern.search(message["text"])
    if found is None:
        raise LookupError(f"nothing like {pattern.pattern!r} in the message")
    return found[1]

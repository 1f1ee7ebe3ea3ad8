"""Is a callback from Twilio? (https://www.twilio.com/docs/usage/webhooks/webhooks-security)"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class Signatures:
    """What an account signs with its token."""

    def __init__(self, auth_token: str) -> None:
        self._key = auth_token.encode()

    def is_signed(self, url: str, form: Iterable[tuple[str, str]], signature: str) -> bool:
        """Whether `signature` is the account's of this form, sent to this very URL. What is in the form twice counts once.

        Twilio is not of one mind whether the URL it signs names the port, so both are taken.
        """
        parts = urlsplit(url)
        here = parts.netloc
        other = f"{here}:{_PORTS.get(parts.scheme)}" if parts.port is None else here.rpartition(":")[0]
        # by name, then by value
        rest = "".join(name + value for name, value in sorted(set(form)))
        return any(
            hmac.compare_digest(self._signature(parts._replace(netloc=netloc).geturl() + rest), signature.encode())
            for netloc in (here, other)
        )

    def _signature(self, text: str) -> bytes:
        return base64.b64encode(hmac.digest(self._key, text.encode(), "sha1"))

"""Status callbacks, signed like Twilio's."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from deploy.sandbox.callbacks import Callback


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """Return `X-Twilio-Signature`: HMAC-SHA1 over the URL followed by each name and value, sorted by name."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def signed(auth_token: str, url: str, form: dict[str, str]) -> Callback:
    """Return the callback that posts this form."""
    headers = {"X-Twilio-Signature": signature(auth_token, url, form), "User-Agent": "TwilioProxy/1.1"}
    return Callback(url, form["MessageSid"], form, headers)

"""Keep what an e-mail needs that tells the news of an SMS which fails (N17): for proved addresses, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.notifications.messages.catalogue import Channels, Template, Urgency


def kept_for_email(template: Template, payload: Mapping[str, Any], address: str | None) -> str | None:
    """Return `Message.fallback` of an SMS that goes by no e-mail besides; None if there is no proved address, or nothing but a secret to tell."""
    if address is None or template.channels is not Channels.SMS or template.urgency is Urgency.OTP:
        return None
    # the sealed box stays out
    return json.dumps({"to": address, "template": template.name, "values": payload["values"]}, ensure_ascii=False)

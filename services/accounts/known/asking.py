"""Who asks, as a request says it. API clients send the token of their device in a header; pages will send it as a cookie, read here as well."""

from services.accounts.throttles.sources import Asker
from services.chassis.web.addresses import client_address
from services.chassis.web.body import typed_header

HEADER = "X-Device-Token"

PARAMETERS = [
    {
        "in": "header",
        "name": HEADER,
        "required": False,
        "description": "the `device_token` that this device got when it last signed in to this account: what strangers try elsewhere is not counted against it (A13)",
        "schema": {"type": "string", "maxLength": 200},
    }
]


def asker() -> Asker:
    """Return what the request in hand says of who asks."""
    token = (typed_header(HEADER) or "").strip()
    return Asker(client_address(), token or None)

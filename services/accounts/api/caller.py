"""Who is asking: the client's address, and the claims of a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from services.accounts.settings import settings_of
from services.accounts.throttle import network
from services.chassis.web import auth
from services.chassis.web.resources import resources


def address() -> str:
    """The client's network. Of X-Forwarded-For only what our own proxies wrote is believed: the entries on the right."""
    proxies = settings_of(resources).trusted_proxies
    if proxies:
        hops = [hop.strip() for line in request.headers.getlist("X-Forwarded-For") for hop in line.split(",")]
        if len(hops) >= proxies:
            return network(hops[-proxies])
    return network(request.remote_addr or "")


def claims() -> Mapping[str, Any]:
    """What the caller's token says."""
    return auth.principal().claims

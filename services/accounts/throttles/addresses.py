"""Which client is asking, as far as throttles are concerned."""

import ipaddress

from flask import request

from services.chassis.web.resources import resources


def client_address() -> str:
    """Return the client's network.

    Of X-Forwarded-For only what our own proxies wrote is believed: the last ``TRUSTED_PROXIES`` entries.
    """
    proxies = resources.settings.trusted_proxies
    if proxies:
        hops = [hop.strip() for line in request.headers.getlist("X-Forwarded-For") for hop in line.split(",")]
        if len(hops) >= proxies:
            return network(hops[-proxies])
    return network(request.remote_addr or "")


def network(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

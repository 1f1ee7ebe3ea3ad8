"""Identify the client for throttling."""

import ipaddress

from flask import request

from services.chassis.web.resources import resources


def client_address() -> str:
    """Return the client's network.

    Only the part of X-Forwarded-For that our own proxies wrote is trusted: the last ``TRUSTED_PROXIES`` entries.
    """
    proxies = resources.settings.trusted_proxies
    if proxies:
        hops = [hop.strip() for line in request.headers.getlist("X-Forwarded-For") for hop in line.split(",")]
        if len(hops) >= proxies:
            return network(hops[-proxies])
    return network(request.remote_addr or "")


def network(address: str) -> str:
    """Return the network that counts as one client: an IPv4 address, or a subscriber's IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

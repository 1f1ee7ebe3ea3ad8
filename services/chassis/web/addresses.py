"""Tell clients apart by their network, so that limits count each for itself.

What our own proxies say of an address comes in many spellings: with a port, in brackets, in quotes, mapped into IPv6, or not at all. One that cannot be read is
nobody's: taken for a client it would make one of all who share the fault, and one of them could use up the limit of all. So
limits do not count it, `vss_client_address_unread_total` does, and the log has its kind alone, as an address is personal data.
"""

import ipaddress
import re
import time

from flask import current_app, request

from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.web.resources import resources

log = get_logger(__name__)

_PORT = re.compile(r"(:([0-9]{0,5}|_[A-Za-z0-9._-]+))?", re.ASCII)
#: IPv4 clients of a server that has IPv6 only (RFC 6052): all of them in one /64
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOG_SECONDS = 60.0
_LOGGED = "vss-unread-addresses"


class UnreadAddressError(ValueError):
    """No address to be read: `why` is `missing`, `empty`, `unknown`, `obfuscated` (RFC 7239 §6.2, §6.3) or `unreadable`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def client_address() -> str | None:
    """Return the client's network, or None if that cannot be read.

    Only the part of X-Forwarded-For that our own proxies wrote is believed: the last ``TRUSTED_PROXIES`` entries. Where they are fewer, the
    request came round a proxy, or from one that writes none: that proxy is not the client. With ``TRUSTED_PROXIES=0`` whoever connects is the
    client; that a machine of our own network hands over somebody's address is reported, as all behind it are then one client.
    """
    try:
        address = network(_written())
    except UnreadAddressError as unread:
        _report(unread.why)
        return None
    if _is_proxy_in_disguise():
        _report("ignored")
    return address


def network(text: str) -> str:
    """Return what counts as one client: an IPv4 address, or a subscriber's IPv6 /64, which is where the address in `text` lies.

    :param text: an address as proxies write it, also with a port, in brackets, in quotes, with a zone (RFC 7239 §6).
    :raises UnreadAddressError: without one.
    """
    node = text.strip()
    if len(node) > 1 and node[0] == node[-1] == '"':
        node = node[1:-1].strip()
    host, port = _apart(node)
    if not host:
        raise UnreadAddressError("empty" if not node else "unreadable")
    if host.lower() == "unknown":
        raise UnreadAddressError("unknown")
    if host.startswith("_"):
        raise UnreadAddressError("obfuscated")
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        raise UnreadAddressError("unreadable") from None
    if not _PORT.fullmatch(port):
        raise UnreadAddressError("unreadable")
    return _counted(parsed)


def _written() -> str:
    proxies: int = resources.settings.trusted_proxies
    if not proxies:
        return request.remote_addr or ""
    hops: list[str] = [hop for line in request.headers.getlist("X-Forwarded-For") for hop in line.split(",")]
    if len(hops) < proxies:
        raise UnreadAddressError("missing")
    return hops[-proxies]


def _is_proxy_in_disguise() -> bool:
    if resources.settings.trusted_proxies or "X-Forwarded-For" not in request.headers:
        return False
    # a client may write the header, too, but comes from outside
    return not ipaddress.ip_address((request.remote_addr or "").partition("%")[0]).is_global


def _apart(node: str) -> tuple[str, str]:
    """Return host and port (with its colon); the host is empty where brackets do not match."""
    if node.startswith("["):
        host, closed, port = node[1:].partition("]")
        return (host, port) if closed else ("", "")
    if node.count(":") == 1:
        host, _, port = node.partition(":")
        return host, f":{port}"
    return node, ""


def _counted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address in _NAT64:
        return str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))


def _report(why: str) -> None:
    """Count it, and log its kind at most once a minute: behind a proxy that is wrong every request has it."""
    metrics.of(resources.service).addresses_unread[why].inc()
    logged: dict[str, float] = current_app.extensions.setdefault(_LOGGED, {})
    now = time.monotonic()
    if now - logged.get(why, float("-inf")) >= _LOG_SECONDS:
        logged[why] = now
        log.warning("client_address_unread", reason=why)

"""Read a client's network from an address as proxies write it.

It comes in many spellings: with a port, in brackets, in quotes, with a zone, mapped into IPv6 (RFC 7239 §6, RFC 6052), or not at all.
"""

import ipaddress
import re

_PORT = re.compile(r"(:([0-9]{0,5}|_[A-Za-z0-9._-]+))?", re.ASCII)
#: IPv4 clients of a server that has IPv6 only: all of them in one /64
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class UnreadAddressError(ValueError):
    """No address to be read: `why` is `missing`, `empty`, `unknown`, `obfuscated` (RFC 7239 §6.2, §6.3) or `unreadable`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


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


def wider(client: str) -> str | None:
    """Return the network around a client's own, as `network` tells it: the /48 of an IPv6 /64, which one subscriber can have; IPv4 has none."""
    if ":" not in client:
        return None
    return str(ipaddress.IPv6Network(client).supernet(new_prefix=48))


def is_within(address: str) -> bool:
    """Tell whether an address, as a connection has it, belongs to no public network."""
    return not ipaddress.ip_address(address.partition("%")[0]).is_global


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

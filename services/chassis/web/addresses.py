"""Tell clients apart by their network, so that limits count each for itself.

An address that cannot be read is nobody's: taken for a client it would make one of all who share the fault, and one of them could use up the
limit of all. So limits do not count it, `vss_client_address_unread_total` does, and the log has its kind alone, as an address is personal data.
"""

import time

from flask import current_app, request

from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.web.networks import UnreadAddressError, is_within, network
from services.chassis.web.resources import resources

log = get_logger(__name__)

_LOG_SECONDS = 60.0
_LOGGED = "vss-unread-addresses"


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
    return is_within(request.remote_addr or "")


def _report(why: str) -> None:
    """Count it, and log its kind at most once a minute: behind a proxy that is wrong every request has it."""
    metrics.of(resources.service).addresses_unread[why].inc()
    logged: dict[str, float] = current_app.extensions.setdefault(_LOGGED, {})
    now = time.monotonic()
    if now - logged.get(why, float("-inf")) >= _LOG_SECONDS:
        logged[why] = now
        log.warning("client_address_unread", reason=why)

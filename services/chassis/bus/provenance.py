"""Who told a message: known by the exchange that brought it, and believed only if the message says the same (decision 57).

Only the user of the service whose name an exchange bears may write there (``rights``), and the broker says with each delivery by
which exchange it came. What reached the queue by any other way, the default exchange above all, nobody answers for.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import amqp

from services.chassis.bus.topology import dead_letter_queue, events_exchange, lane_exchange
from services.chassis.facts.envelope import attribute, source_of

_LONGEST = 100


class Way(NamedTuple):
    """The way by which a message came."""

    #: where it was published; for what an earlier release had kept in a queue of its own, that queue's name
    exchange: str
    routing_key: str


def way_of(message: amqp.Message, service: str, kept_in: Collection[str] = ()) -> Way:
    """Return the way by which ``message`` first came to ``service``.

    What the broker moved from queue to queue comes by the default exchange, and its ``x-death`` tells where it was published. Everybody
    can write such a header: so it is asked only for what came so, and from the dead-letter queue or a queue that is there.

    :param kept_in: retry queues of releases before 0.2 that are still there.
    """
    info = message.delivery_info or {}
    way = Way(_text(info.get("exchange")), _text(info.get("routing_key")))
    if way.exchange:
        return way
    death = _last_death(message.headers or {})
    if (queue := death.get("queue")) in kept_in:
        return Way(_text(queue), way.routing_key)
    if way.routing_key != dead_letter_queue(service):
        return way
    if "vss-parked-reason" in (message.headers or {}) and not death:
        # a release before 0.2 parked it, and did not keep how it had come
        return Way(dead_letter_queue(service), way.routing_key)
    keys = death.get("routing-keys")
    return Way(_text(death.get("exchange")), _text(keys[0] if isinstance(keys, list) and keys else ""))


def teller_of(exchange: str, service: str) -> str | None:
    """Return the service that alone may tell ``service`` something by ``exchange``; None if that is no exchange for facts."""
    for suffix in (lane_exchange("", service), events_exchange("")):
        if exchange.endswith(suffix):
            return exchange.removesuffix(suffix)
    return None


def doubt(headers: Mapping[str, Any] | None, exchange: str, service: str, about: str | None = None) -> str | None:
    """Say why ``service`` does not believe a message; None if it does.

    :param exchange: by which it came (``way_of``).
    :param about: the service whose fact the message says to be, where that is known.
    """
    source, teller = attribute(headers, "source"), teller_of(exchange, service)
    if teller is None and not _kept_by_an_earlier_release(exchange, service):
        return f"it came by {exchange or 'the default exchange'}, where nobody tells {service} anything"
    if about not in (None, teller or about):
        return f"it came by {exchange}, where {teller} speaks, and is a fact of {about}"
    if source != source_of(speaker := teller or about or "") and speaker:
        return f"it came by {exchange}, where {speaker} speaks, and its source is {_shown(source)}"
    return None


def _kept_by_an_earlier_release(exchange: str, service: str) -> bool:
    """Whether that is a queue of releases before 0.2 rather than an exchange. To be removed with release 0.4."""
    return exchange == dead_letter_queue(service) or exchange.startswith(f"{service}.retry.")


def _last_death(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    deaths = headers.get("x-death")
    return deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], Mapping) else {}


def _shown(source: Any) -> str:
    return repr(source[:_LONGEST]) if isinstance(source, str) and source else "nobody"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

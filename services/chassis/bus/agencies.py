"""Queues of other agencies at our broker: made by us, bounded, and never able to refuse a fact.

An agency that stops reading, or binds everything, may lose its own oldest facts (they stay in ``public.stream``); it can neither
fill the disk nor send the relay a nack. The bounds stand three times, because each alone has a gap (RabbitMQ 3.10.8): arguments
hold for the queues that we make; the policy holds for any queue of that name, but a classic queue's own `reject-publish` beats
its `drop-head`; the operator policy limits what the policy forgets, and knows no `overflow` before 3.12.
"""

import re
from typing import Any

from services.chassis.bus.topology import Queue

#: what every agency's queue is called: `agency.<name>`, `agency.<name>.<purpose>`
PREFIX = "agency."
POLICY = "agencies"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}(\.[a-z0-9][a-z0-9-]{0,40})?")
_DAY = 86_400_000

#: whichever is reached first. A fact takes about 1 KiB, so a hundred agencies that all stopped reading hold 13 GiB
_BOUNDS: dict[str, Any] = {
    "max-length": 200_000,
    "max-length-bytes": 128 * 1024**2,
    "message-ttl": 7 * _DAY,
    # nobody reads, polls or declares it any more
    "expires": 30 * _DAY,
}
_DEFINITION = _BOUNDS | {"overflow": "drop-head"}


def queue(name: str) -> Queue:
    """Return the queue of agency ``name`` (`bca`, or `bca.reports` for a second one), replicated and bounded.

    :raises ValueError: if that is no name of a queue.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r}: small letters, digits and hyphens, and one full stop at most (bca, bca.reports)")
    return Queue(PREFIX + name, {"x-queue-type": "quorum"} | {f"x-{key}": value for key, value in _DEFINITION.items()})


def policy() -> dict[str, Any]:
    """Return the policy that bounds agencies' queues, as RabbitMQ's definitions have it."""
    return _named(_DEFINITION)


def operator_policy() -> dict[str, Any]:
    """Return the operator policy that bounds them too, whatever other policy is set."""
    return _named(_BOUNDS)


def _named(definition: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": POLICY,
        "pattern": rf"^{re.escape(PREFIX)}",
        "apply-to": "queues",
        "priority": 10,
        "definition": definition,
    }

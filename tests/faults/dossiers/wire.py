"""What went over the wire, kept beside the services: every fact that says what became of a dossier."""

from __future__ import annotations

from collections import defaultdict

from services.chassis.bus.topology import lane_exchange
from services.chassis.facts.envelope import PREFIX
from services.chassis.testing import RabbitNode
from tests.faults.wire import channel, tap

TAP = "tap.dossiers"
FACTS = {
    "declaration_submitted": lane_exchange("registration", "verification"),
    "identity_verified": lane_exchange("verification", "accounts"),
    "declaration_rejected": lane_exchange("verification", "registration"),
    "code_not_found": lane_exchange("verification", "registration"),
    "account_activated": lane_exchange("accounts", "registration"),
}


def listen(uri: str) -> None:
    """From now on, keep a copy of each."""
    for fact, exchange in FACTS.items():
        tap(uri, exchange, fact, TAP)


def heard(uri: str) -> dict[str, dict[str, set[str]]]:
    """For each dossier number, the ids of the messages of each fact. A message that was sent twice has one id."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with channel(uri) as ch:
        for method, properties, _body in ch.consume(TAP, auto_ack=True, inactivity_timeout=1.0):
            if method is None or properties is None:
                return found
            subject = str((properties.headers or {})[PREFIX + "subject"])
            found[subject][method.routing_key or ""].add(str(properties.message_id))
    return found


def on_their_way(broker: RabbitNode, uri: str, services: tuple[str, ...]) -> dict[str, int]:
    """Queues of these services that hold something, be it in a consumer's hands.

    :raises NodeError: if the broker is not there to say so.
    """
    ours = tuple(f"{service}." for service in services)
    return {queue: count for queue, count in broker.messages(uri).items() if count and queue.startswith(ours)}

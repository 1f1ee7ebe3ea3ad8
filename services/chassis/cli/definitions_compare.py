"""Compare all that should be in the broker with all that is: exchanges, queues, bindings, policies, users.

What is there comes from the management plugin or from a file of `rabbitmqctl export_definitions` (`definitions_read`), which both
tell more than AMQP does (`broker_compare`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.chassis.bus import agencies
from services.chassis.bus.rights import WATCHER, Rights, of_agency, of_watcher
from services.chassis.bus.topology import Topology
from services.chassis.cli.bindings_compare import compare_bindings, services_of
from services.chassis.cli.findings import Finding, difference

Entry = Mapping[str, Any]
_EXCHANGE = {"type": "topic", "durable": True, "auto_delete": False, "internal": False}
_QUEUE = {"durable": True, "auto_delete": False}
_ATTRIBUTES = {"exchange": _EXCHANGE.keys(), "queue": _QUEUE.keys()}
_PARTS_OF_A_POLICY = ("pattern", "apply-to", "priority", "definition")
#: with these a policy takes facts out of a queue, or keeps them from it
_LOSES = {"message-ttl", "max-length", "max-length-bytes", "overflow", "expires", "delivery-limit", "dead-letter-exchange"}
_RETRY = re.compile(r"[^.]+\.retry\.\d+")


@dataclass(frozen=True, slots=True)
class Found:
    """What is in one virtual host: entries as RabbitMQ's definitions have them, under the kinds of `findings.KINDS`.

    ``not_compared``: kinds that the broker did not tell, and why.
    """

    entries: Mapping[str, list[Entry]]
    not_compared: Mapping[str, str] = field(default_factory=dict)


def compare(topology: Topology, users: Mapping[str, Rights], found: Found) -> Iterator[Finding]:
    """Yield all that is missing, different or too much; of what was not told, nothing.

    :param users: the rights of each service's own user. Held against the broker once any of these users exists.
    """
    there = found.entries
    if "exchange" in there:
        yield from _declared("exchange", {e.name: _EXCHANGE for e in topology.exchanges}, there["exchange"])
        yield from _left_over("exchange", {e.name for e in topology.exchanges}, there["exchange"], topology)
    if "queue" in there:
        yield from _declared("queue", {q.name: _QUEUE | q.arguments for q in topology.queues}, there["queue"])
        yield from _left_over("queue", {q.name for q in topology.queues}, there["queue"], topology)
        yield from _refusing(there["queue"])
    if "binding" in there:
        yield from compare_bindings(topology, there["binding"])
    if "policy" in there:
        yield from _policies(topology, there["policy"], there.get("queue", []))
    if "user" in there:
        yield from _users(users, there["user"])


def _declared(what: str, expected: Mapping[str, Entry], there: Iterable[Entry]) -> Iterator[Finding]:
    by_name = {entry["name"]: entry for entry in there}
    for name, ours in expected.items():
        if (entry := by_name.get(name)) is None:
            yield Finding(what, name)
            continue
        # a file of definitions leaves out what is false
        theirs = {key: entry.get(key, False) for key in _ATTRIBUTES[what]} | dict(entry.get("arguments") or {})
        for argument in sorted(ours.keys() | theirs.keys()):
            if ours.get(argument) != theirs.get(argument):
                yield difference(what, name, argument, ours.get(argument), theirs.get(argument))


def _left_over(what: str, expected: set[str], there: Iterable[Entry], topology: Topology) -> Iterator[Finding]:
    services = services_of(topology)
    for entry in there:
        name = entry["name"]
        if name in expected or name.partition(".")[0] not in services:
            continue
        if what == "exchange":
            yield Finding(what, name, note="left over from another release: nobody publishes to it", harmless=True)
        elif _RETRY.fullmatch(name):
            yield Finding(what, name, note="left over from before 0.2: its service drains and deletes it", harmless=True)
        elif entry.get("messages") == 0:
            yield Finding(what, name, note="left over from another release, and empty: delete it", harmless=True)
        else:
            held = f"{entry['messages']:,} messages" if "messages" in entry else "perhaps messages"
            yield Finding(what, name, note=f"left over from another release: nobody reads it, and it holds {held}")


def _refusing(queues: Iterable[Entry]) -> Iterator[Finding]:
    for entry in queues:
        overflow = str((entry.get("arguments") or {}).get("x-overflow", ""))
        if entry["name"].startswith(agencies.PREFIX) and overflow.startswith("reject-publish"):
            yield Finding(
                "queue", entry["name"], note=f"{overflow}: once full it refuses facts instead of dropping its oldest"
            )


def _policies(topology: Topology, there: Iterable[Entry], queues: Iterable[Entry]) -> Iterator[Finding]:
    ours = {"policy": agencies.policy(), "operator policy": agencies.operator_policy()}
    others = []
    missing = dict(ours)
    for entry in there:
        title = "operator policy" if entry.get("operator") else "policy"
        if entry["name"] != ours[title]["name"]:
            others.append((title, entry))
            continue
        expected = missing.pop(title)
        for part in _PARTS_OF_A_POLICY:
            if entry.get(part) != expected[part]:
                yield difference("policy", f"{entry['name']} ({title})", part, expected[part], entry.get(part))
    yield from (Finding("policy", f"{expected['name']} ({title})") for title, expected in missing.items())
    mine = [queue.name for queue in topology.queues]
    theirs = [entry["name"] for entry in queues if entry["name"].startswith(agencies.PREFIX)]
    for title, entry in others:
        name, definition = f"{entry['name']} ({title})", entry.get("definition") or {}
        if (loses := sorted(_LOSES & definition.keys())) and (hit := _applied(entry, mine)):
            yield Finding("policy", name, note=f"sets {', '.join(loses)} for {', '.join(hit)}: facts could be lost")
        # one policy counts for a queue: that of the highest priority
        above = title == "policy" and entry.get("priority", 0) >= ours["policy"]["priority"]
        if above and (hit := _applied(entry, theirs)):
            yield Finding("policy", name, note=f"takes the place of {agencies.POLICY} for {', '.join(hit)}")


def _applied(policy: Entry, names: Iterable[str]) -> list[str]:
    if policy.get("apply-to") == "exchanges":
        return []
    return [name for name in names if re.search(policy["pattern"], name)]


def _users(services: Mapping[str, Rights], there: Iterable[Entry]) -> Iterator[Finding]:
    permissions = {entry["user"]: entry for entry in there}
    # before any service has a user of its own, one user does everything, and is nobody's to judge here
    expected = dict(services) if services.keys() & permissions.keys() else {}
    expected |= {
        user: of_agency(user.removeprefix(agencies.PREFIX)) for user in permissions if user.startswith(agencies.PREFIX)
    }
    if WATCHER in permissions:
        expected[WATCHER] = of_watcher()
    for user, rights in expected.items():
        if user not in permissions:
            yield Finding("user", user)
            continue
        told = permissions[user]
        for right, pattern in rights.permissions().items():
            if told.get(right) != pattern:
                yield difference("user", user, right, pattern, told.get(right))
        if (topics := told.get("topics")) is not None:
            yield from _topics(user, {name: tuple(one) for name, one in rights.topics.items()}, topics)


def _topics(user: str, ours: Entry, there: Entry) -> Iterator[Finding]:
    """Where nothing is said of an exchange, every routing key is allowed."""
    for exchange in sorted(ours.keys() | there.keys()):
        if ours.get(exchange) != there.get(exchange):
            yield difference("user", user, f"routing keys at {exchange}", ours.get(exchange), there.get(exchange))

"""What `vss topology` prints for people."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.chassis.bus import agencies
from services.chassis.bus.rights import Rights, tags_of
from services.chassis.bus.topology import Topology
from services.chassis.cli.console import err, out, show_rows
from services.chassis.cli.topology_comparison import Comparison

_PLURALS = {"exchange": "exchanges", "queue": "queues", "binding": "bindings", "policy": "policies", "user": "users"}


def show_topology(topology: Topology) -> None:
    """Print exchanges, queues, bindings and the policy, a table for each."""
    show_rows(({"exchange": exchange.name, "type": "topic"} for exchange in topology.exchanges), ("exchange", "type"))
    show_rows(
        ({"queue": queue.name, "arguments": _arguments(queue.arguments)} for queue in topology.queues),
        ("queue", "arguments"),
    )
    show_rows((asdict(binding) for binding in topology.bindings), ("exchange", "key", "queue"))
    columns = ("name", "pattern", "definition")
    policies = [agencies.policy(), agencies.operator_policy()]
    show_rows(
        (
            {"policy": title} | {name: policy[name] for name in columns} | {"definition": _arguments(policy["definition"])}
            for title, policy in zip(("policy", "operator policy"), policies, strict=True)
        ),
        ("policy", *columns),
    )


def show_rights(users: Mapping[str, Rights], vhost: str) -> None:
    """Print the three regular expressions of each user, and the commands that make it."""
    show_rows(({"user": user} | rights.permissions() for user, rights in users.items()), ("user", *Rights._fields[:3]))
    for user, rights in users.items():
        patterns = " ".join(f"'{pattern}'" for pattern in rights.permissions().values())
        out().print(f"rabbitmqctl add_user {user}", soft_wrap=True)
        out().print(f"rabbitmqctl set_permissions -p {vhost} {user} {patterns}", soft_wrap=True)
        if tags := tags_of(user):
            out().print(f"rabbitmqctl set_user_tags {user} {' '.join(tags)}")
        for exchange, topics in rights.topics.items():
            keys = f"{exchange} '{topics.write}' '{topics.read}'"
            out().print(f"rabbitmqctl set_topic_permissions -p {vhost} {user} {keys}", soft_wrap=True)


def show_comparison(where: object, done: Comparison) -> None:
    """Print what was found, and what to do about it."""
    for finding in done.findings:
        out().print(str(finding))
    faults = sum(done.faults.values())
    looked = ", ".join(f"{count} {_PLURALS[kind]}" for kind, count in done.compared.items())
    out().print(f"{where}: {looked} compared, {faults} not as they should be.")
    for reason in dict.fromkeys(done.not_compared.values()):
        kinds = ", ".join(kind for kind, why in done.not_compared.items() if why == reason)
        err().print(f"Not compared: {kinds}. {reason[0].upper()}{reason[1:]}.", style="yellow", soft_wrap=True)
    if any(f.argument is not None and f.what == "queue" for f in done.findings):
        advise_on_arguments()
    if any(f.fault == "missing" for f in done.findings):
        err().print(
            "`vss topology declare` makes what is missing; so does a service, of its own part, when it starts.",
            style="yellow",
        )
    if any(f.fault == "extra" and not f.harmless for f in done.findings):
        err().print("What is too much, and how it is taken away: docs/runbooks/topology.md.", style="yellow")


def advise_on_arguments() -> None:
    """Say what to do about a queue with other arguments."""
    err().print(
        "A queue's arguments cannot be changed. Restore the setting that was changed, or: stop the service, let the "
        "queue run empty, delete it (`rabbitmqctl delete_queue NAME --if-empty`), then `vss topology declare`.",
        style="yellow",
    )


def _arguments(arguments: Mapping[str, Any]) -> str:
    return "  ".join(f"{key.removeprefix('x-')}={json.dumps(value)}" for key, value in arguments.items())

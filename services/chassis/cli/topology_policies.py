"""Policies that bound other agencies' queues: in a file of definitions, through the management plugin, or as commands."""

import json
from typing import Any

from services.chassis.bus import agencies
from services.chassis.cli.broker import parameters
from services.chassis.cli.console import err, out
from services.chassis.cli.definitions_read import Management
from services.chassis.settings import Url


def sections(vhost: str = "/") -> dict[str, Any]:
    """Return the sections `policies` and `parameters` of RabbitMQ's import format; operator policies are parameters there."""
    policy, operator = agencies.policy(), agencies.operator_policy()
    value = {key: operator[key] for key in operator if key != "name"}
    return {
        "policies": [{"vhost": vhost} | policy],
        "parameters": [{"vhost": vhost, "component": "operator_policy", "name": operator["name"], "value": value}],
    }


def apply(address: Url, management_url: Url | None) -> None:
    """Set them through the management plugin, or print the commands that do.

    :raises BrokerUnreachable: if the plugin does not answer.
    :raises BrokerRefused: if its user may not.
    """
    broker = parameters(address)
    if management_url is not None:
        management = Management(management_url, broker)
        management.set_policy(agencies.policy())
        management.set_policy(agencies.operator_policy(), operator=True)
        out().print(f"Policy and operator policy {agencies.POLICY} are set.")
        return
    err().print("Policies are not set over AMQP. Give --management-url, or run where the broker is:", style="yellow")
    for command, policy in (("set_policy", agencies.policy()), ("set_operator_policy", agencies.operator_policy())):
        err().print(
            f"rabbitmqctl {command} -p {broker.virtual_host} --apply-to {policy['apply-to']} --priority {policy['priority']} "
            f"{policy['name']} '{policy['pattern']}' '{json.dumps(policy['definition'])}'",
            soft_wrap=True,
        )

"""Give each service its own user at a broker of this machine, with the least rights, as a deployment does."""

from __future__ import annotations

import json
from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

import pika

from playground.program import ROOT
from services.chassis.bus import rights
from services.chassis.discovery import subscriptions
from services.chassis.testing import RabbitNode

#: what a deployment imports; written by `vss topology export`
DEFINITIONS = ROOT / "deploy/rabbitmq/definitions.json"


def addresses(amqp_uri: str, agencies: Collection[str] = ()) -> dict[str, str]:
    """Return the address of each user at the broker of ``amqp_uri``: every service, the watcher, and ``agencies`` by name (`bca`)."""
    parts = urlsplit(amqp_uri)
    where = parts.netloc.rpartition("@")[2]
    return {user: urlunsplit(parts._replace(netloc=f"{user}:{_password(user)}@{where}")) for user in _users(agencies)}


def grant(rabbit: RabbitNode, amqp_uri: str, agencies: Collection[str] = ()) -> dict[str, str]:
    """Import the deployment's definitions, with users, into the virtual host of ``amqp_uri``; return their `addresses`."""
    vhost, users = pika.URLParameters(amqp_uri).virtual_host, _users(agencies)
    document = json.loads(DEFINITIONS.read_text(encoding="utf-8"))
    for section in document.values():
        for entry in section:
            entry.update({"vhost": vhost} if "vhost" in entry else {"name": vhost})
    rabbit.load(document | rights.sections(users, {user: _password(user) for user in users}, vhost))
    return addresses(amqp_uri, agencies)


def _users(agencies: Collection[str]) -> dict[str, rights.Rights]:
    services = subscriptions.elsewhere(())
    users = {
        one.name: rights.of_service(one.name, {(read.service, read.fact_name) for read in one.reads}) for one in services
    }
    return users | {rights.WATCHER: rights.of_watcher()} | {f"agency.{name}": rights.of_agency(name) for name in agencies}


def _password(user: str) -> str:
    """Users are the node's, and its virtual hosts share them: so each has one password."""
    return f"{user}-on-this-machine"

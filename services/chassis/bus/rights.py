"""Least rights at the broker: one user for each service and each agency, and what each may do.

A service may make what bears its name, write to its own exchanges and ``public.events``, and read its own queue and, to bind it,
the exchanges it is told by; each keeps ``public.stream`` bound. It can neither write into another's queue or lane, nor take copies
of what is told to another. What bears no service's name, and the dead-letter target of a queue that was lost (`amq.default`, through
which every queue could be written), wants an administrator: `vss topology declare`. At ``public.events`` each service speaks only
under its own name, and at the plain exchanges of another it hears what it reads: topic permissions hold for routing keys.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from services.chassis.bus import agencies
from services.chassis.bus.topology import PUBLIC_EXCHANGE, PUBLIC_STREAM, events_exchange

NOTHING, _ANYTHING = "^$", ".*"
#: who compares the broker with what it should be (`vss topology watch`): touches nothing, and sees users as an administrator does
WATCHER = "watcher"
_SALT_BYTES = 4


class Topics(NamedTuple):
    """RabbitMQ's two regular expressions over routing keys, at one exchange."""

    write: str
    read: str


class Rights(NamedTuple):
    """RabbitMQ's three regular expressions over names of queues and exchanges; and what holds for routing keys, by exchange."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, Topics] = MappingProxyType({})

    def permissions(self) -> dict[str, str]:
        """Return the three, as RabbitMQ's definitions have them."""
        return {"configure": self.configure, "write": self.write, "read": self.read}


def of_service(service: str, reads: Iterable[tuple[str, str]]) -> Rights:
    """Return what ``service`` needs to run, once an administrator has loaded the definitions.

    :param reads: pairs (publishing service, fact).
    """
    own, public, stream = rf"{re.escape(service)}\..+", re.escape(PUBLIC_EXCHANGE), re.escape(PUBLIC_STREAM)
    facts: dict[str, set[str]] = {}
    for source, fact in reads:
        facts.setdefault(events_exchange(source), set()).add(fact)
    # the plain exchanges as long as queues are bound to them, too: one release beyond the lanes
    told_by = map(re.escape, sorted(facts))
    return Rights(
        configure=f"^{own}$",
        write=f"^({own}|{public}|{stream})$",
        read=f"^({'|'.join([own, public, rf'[^.]+[.]to[.]{re.escape(service)}', *told_by])})$",
        topics={PUBLIC_EXCHANGE: Topics(rf"^{re.escape(service)}\..+$", _ANYTHING)}
        # it may lead there what it reads, and nothing that is told to others
        | {exchange: Topics(NOTHING, f"^({'|'.join(sorted(names))})$") for exchange, names in sorted(facts.items())},
    )


def of_agency(name: str) -> Rights:
    """Return what another agency needs: to read its own queues and the public stream. It makes and binds nothing by itself."""
    own = rf"{re.escape(agencies.PREFIX + name.partition('.')[0])}(\..+)?"
    return Rights(configure=NOTHING, write=NOTHING, read=f"^({own}|{re.escape(PUBLIC_STREAM)})$")


def of_watcher() -> Rights:
    """Return what the comparison needs over AMQP: to look whether something exists wants no right at all."""
    return Rights(NOTHING, NOTHING, NOTHING)


def tags_of(user: str) -> list[str]:
    """Return the management plugin's tags of ``user``: permissions are told to administrators only."""
    return ["administrator"] if user == WATCHER else []


def sections(users: Mapping[str, Rights], passwords: Mapping[str, str], vhost: str = "/") -> dict[str, Any]:
    """Return the sections `users`, `permissions` and `topic_permissions` of RabbitMQ's import format.

    :param passwords: of each user. There is no entry without one: an import would take away the password that the user has.
    """
    here = {"vhost": vhost}
    return {
        "users": [
            {
                "name": user,
                "password_hash": password_hash(passwords[user]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": tags_of(user),
            }
            for user in users
        ],
        "permissions": [{"user": user} | here | rights.permissions() for user, rights in users.items()],
        "topic_permissions": [
            {"user": user} | here | {"exchange": exchange} | topics._asdict()
            for user, rights in users.items()
            for exchange, topics in rights.topics.items()
        ],
    }


def password_hash(password: str) -> str:
    """Return RabbitMQ's salted SHA-256 of ``password``, with a new salt. It is for long random passwords: one round is no bar to guessing."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()

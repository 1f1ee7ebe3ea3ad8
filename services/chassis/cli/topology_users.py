"""Users for `vss topology export --passwords`: each service's, the watcher's, and those of agencies."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pika

from services.chassis.bus import agencies, rights
from services.chassis.bus.rights import WATCHER, Rights
from services.chassis.cli.broker import address, parameters
from services.chassis.errors import SettingsError

#: in the folder of passwords: what the service itself is given as AMQP_URI_FILE
_FILE = "{user}_amqp_uri"


def everybody(services: Mapping[str, Rights], named: Iterable[str]) -> dict[str, Rights]:
    """Return the rights of all users: of ``services``, the watcher, and the agencies of these names."""
    return {**services, WATCHER: rights.of_watcher()} | {agencies.PREFIX + name: rights.of_agency(name) for name in named}


def sections(users: Mapping[str, Rights], folder: Path, vhost: str = "/") -> dict[str, Any]:
    """Return the sections of the import format for ``users``, with the passwords in ``folder``.

    :raises SettingsError: naming each file that is missing, or is the address of another user.
    """
    passwords, faults = {}, []
    for user in users:
        file = folder / _FILE.format(user=user)
        try:
            # an address has no other kind of credentials
            found = cast("pika.PlainCredentials", parameters(address(file.read_text(encoding="utf-8").strip())).credentials)
        except OSError:
            faults.append(f"{file}: not there; expected is the AMQP address with which {user} connects.")
        except SettingsError:
            faults.append(f"{file}: no AMQP address.")
        else:
            if found.username != user or not found.password:
                faults.append(f"{file}: expected is the address of the user {user}, with its password.")
            passwords[user] = found.password
    if faults:
        raise SettingsError(faults)
    return rights.sections(users, passwords, vhost)

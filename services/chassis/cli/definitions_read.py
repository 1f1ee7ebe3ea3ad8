"""Read what is in the broker: from the management plugin's HTTP API, or from a file of `rabbitmqctl export_definitions`.

Exchanges, queues, bindings and policies are told to any user with the tag `monitoring`, permissions to an administrator only.
"""

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any, TextIO
from urllib.parse import quote, unquote, urlunsplit

import pika

from services.chassis.cli.broker import BrokerRefused, BrokerUnreachable
from services.chassis.cli.definitions_compare import Entry, Found
from services.chassis.fetching import open_url
from services.chassis.settings import Url

_SECONDS = 10.0
_MOST_BYTES = 256 * 1024**2
#: per kind: the path below `/api/`, and whether it tells of operator policies
_PATHS = {
    "exchange": (("exchanges/{vhost}", False),),
    # `messages` and the rest of the columns: without the plugin's statistics of every queue
    "queue": (("queues/{vhost}?columns=name,durable,auto_delete,exclusive,arguments,messages", False),),
    "binding": (("bindings/{vhost}", False),),
    "policy": (("policies/{vhost}", False), ("operator-policies/{vhost}", True)),
    "user": (("vhosts/{vhost}/permissions", False),),
}


class Management:
    """The management plugin of one broker, for one virtual host.

    :param url: `http://host:15672`, with a user if it is not that of ``broker``.
    :param broker: the AMQP address: names the virtual host.
    """

    def __init__(self, url: Url, broker: pika.URLParameters) -> None:
        self._url = url
        parts = url.parts
        user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        user = user or _credentials(broker)
        self._authorization = "Basic " + base64.b64encode(":".join(user).encode()).decode()
        host = parts.netloc.rpartition("@")[2]
        self._base = urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/api/", "", ""))
        self._vhost = quote(broker.virtual_host, safe="")

    def read(self) -> Found:
        """Return what is there; kinds that this user may not see are named with the reason.

        :raises BrokerUnreachable: if it does not answer.
        :raises BrokerRefused: if it does not know the user, or this virtual host.
        """
        entries: dict[str, list[Entry]] = {}
        refused: dict[str, str] = {}
        for kind, paths in _PATHS.items():
            try:
                entries[kind] = [
                    entry | {"operator": operator} for path, operator in paths for entry in self._ask("GET", path) or ()
                ]
            except _NotAllowedError:
                tag = "administrator" if kind == "user" else "monitoring"
                refused[kind] = f"the user of {self._url} may not see it; it wants the tag {tag}"
        if "user" in entries:
            entries["user"] = _with_topics(entries["user"], self._ask("GET", "vhosts/{vhost}/topic-permissions") or ())
        if not entries:
            raise BrokerRefused(
                f"The management plugin at {self._url} does not let this user in. Check name and password, and that it has "
                "the tag monitoring (administrator, to compare users) and permissions for this virtual host."
            )
        return Found(entries, refused)

    def set_policy(self, policy: Mapping[str, Any], *, operator: bool = False) -> None:
        """Make or change a policy.

        :raises BrokerUnreachable: if it does not answer.
        :raises BrokerRefused: if this user may not (it wants the tag policymaker, and administrator for an operator policy).
        """
        path = f"{'operator-' if operator else ''}policies/{{vhost}}/{quote(policy['name'], safe='')}"
        try:
            self._ask("PUT", path, {key: value for key, value in policy.items() if key != "name"})
        except _NotAllowedError:
            raise BrokerRefused(f"The user of {self._url} may not set policies: it wants the tag administrator.") from None

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # the scheme is checked by the setting
            self._base + path.format(vhost=self._vhost),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        try:
            with open_url(request, _SECONDS) as answer:
                text = answer.read(_MOST_BYTES)
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise _NotAllowedError from None
            raise BrokerRefused(
                f"The management plugin at {self._url} answers {error.code} to {path.partition('/')[0]}."
            ) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise BrokerUnreachable(
                f"Cannot read from the management plugin at {self._url}: {reason}. Is the plugin enabled "
                "(`rabbitmq-plugins enable rabbitmq_management`), and are host and port right (15672)?"
            ) from None


def _credentials(broker: pika.URLParameters) -> tuple[str, str]:
    assert isinstance(broker.credentials, pika.PlainCredentials)  # an address has no others
    return broker.credentials.username, broker.credentials.password


class _NotAllowedError(Exception):
    """401 or 403."""


def read_file(file: TextIO, vhost: str) -> Found:
    """Return what a file of `rabbitmqctl export_definitions` tells of ``vhost``. Password hashes in it are not looked at.

    :raises ValueError: if it is no such file.
    """
    document = json.load(file)
    if not isinstance(document, dict) or "exchanges" not in document:
        raise ValueError("no file of `rabbitmqctl export_definitions`")

    def here(section: str) -> list[Entry]:
        return [entry for entry in document.get(section, []) if entry.get("vhost") == vhost]

    operator: list[Entry] = [
        {**entry["value"], "name": entry["name"], "operator": True}
        for entry in here("parameters")
        if entry.get("component") == "operator_policy"
    ]
    return Found(
        {
            "exchange": here("exchanges"),
            "queue": here("queues"),
            "binding": here("bindings"),
            "policy": [*here("policies"), *operator],
            "user": _with_topics(here("permissions"), here("topic_permissions")),
        }
    )


def _with_topics(permissions: Iterable[Entry], topics: Iterable[Entry]) -> list[Entry]:
    """Each user's permissions, with what holds for routing keys: by exchange, for writing and for reading."""
    said: dict[str, dict[str, tuple[str, str]]] = {}
    for entry in topics:
        said.setdefault(entry["user"], {})[entry["exchange"]] = entry["write"], entry["read"]
    return [{**entry, "topics": said.get(entry["user"], {})} for entry in permissions]

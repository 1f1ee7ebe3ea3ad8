"""One comparison of the services' part of the broker with the broker, by the best means there is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.bus import rights
from services.chassis.bus.rights import Rights
from services.chassis.bus.topology import Topology
from services.chassis.cli import broker, broker_compare
from services.chassis.cli.definitions_compare import Found, compare
from services.chassis.cli.definitions_read import Management, read_file
from services.chassis.cli.findings import KINDS, Finding, faults
from services.chassis.errors import SettingsError
from services.chassis.settings import Url

_UNTOLD = (
    "AMQP does not tell; give the management plugin's address (--management-url or RABBITMQ_MANAGEMENT_URL) "
    "or a file of `rabbitmqctl export_definitions` (--definitions)"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found, how many of each kind were looked at, and what could not be compared and why."""

    findings: list[Finding]
    compared: Mapping[str, int]
    not_compared: Mapping[str, str]

    @property
    def faults(self) -> dict[str, int]:
        """Per kind that was compared, the things that are not as they should be."""
        return {kind: count for kind, count in faults(self.findings).items() if kind in self.compared}

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "compared": dict(self.compared),
            "not_compared": dict(self.not_compared),
            "faults": sum(self.faults.values()),
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Source:
    """Where to look: at the broker, through its management plugin, or in a file."""

    uri: Url
    management_url: Url | None = None
    file: Path | None = None

    def compare(self, topology: Topology, users: Mapping[str, Rights]) -> Comparison:
        """Compare; nothing is made or changed.

        :raises BrokerUnreachable: if nothing answers there.
        :raises BrokerRefused: if it says no.
        :raises SettingsError: if the file is none.
        """
        if self.file is None and self.management_url is None:
            with broker.connected(self.uri) as connection:
                findings = list(broker_compare.compare(connection, topology))
            untold = dict.fromkeys(("binding", "policy", "user", "left over"), _UNTOLD)
            return Comparison(findings, {"exchange": len(topology.exchanges), "queue": len(topology.queues)}, untold)
        found = self._found()
        # services without a user of their own share one, which is nobody's to judge here
        named = users.keys() & {entry["user"] for entry in found.entries.get("user", ())}
        counts = (len(topology.exchanges), len(topology.queues), len(topology.bindings), 2, len(named))
        compared = {kind: n for kind, n in zip(KINDS, counts, strict=True) if kind not in found.not_compared}
        return Comparison(list(compare(topology, users, found)), compared, found.not_compared)

    def _found(self) -> Found:
        parameters = broker.parameters(self.uri)
        if self.file is None:
            assert self.management_url is not None
            return Management(self.management_url, parameters).read()
        try:
            with self.file.open(encoding="utf-8") as file:
                return read_file(file, parameters.virtual_host)
        except (OSError, ValueError) as error:
            raise SettingsError([f"{self.file}: {error}"]) from None


def users_of(services: Iterable[Any]) -> dict[str, Rights]:
    """Return the rights of each service's own user."""
    return {
        one.name: rights.of_service(one.name, {(reader.service, reader.fact_name) for reader in one.reads})
        for one in services
    }

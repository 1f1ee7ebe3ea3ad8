"""What a service tells, and to whom: made once from its class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Telling:
    """What the relay knows of a service.

    :param subscribers: by fact, the services that read it.
    :param secrets: by fact, its sealed fields; only facts that have some.
    """

    service: str
    subscribers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    secrets: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def readers(self) -> tuple[str, ...]:
        """Every service that reads something, sorted."""
        return tuple(sorted({reader for readers in self.subscribers.values() for reader in readers}))


def telling_of(service_class: Any) -> Telling:
    """Return what a service's class says of that: its ``subscribers``, and the secret fields of the facts it publishes."""
    secrets: dict[str, tuple[str, ...]] = {}
    for fact in getattr(service_class, "publishes", ()):
        if fact.secret_fields:
            secrets[fact.fact_name] = fact.secret_fields
    return Telling(service_class.name, getattr(service_class, "subscribers", {}), secrets)

"""Which services read which facts, as it was when the release was built: ``services/subscriptions.json``.

A source tells each fact to each of its readers, also to one that has never run. It cannot ask them: each service is deployed alone.
``make facts`` writes the file from the services' ``reads``; a test holds it to them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import services

FILE = Path(services.__path__[0]) / "subscriptions.json"


def of(service: str) -> dict[str, tuple[str, ...]]:
    """Return the readers of each fact of ``service`` that has some: ``{"declaration_submitted": ("notifications", "verification")}``."""
    return {fact: tuple(readers) for fact, readers in json.loads(FILE.read_text("utf-8")).get(service, {}).items()}


@dataclass(frozen=True)
class Read:
    """One fact that a service reads."""

    service: str
    fact_name: str


@dataclass(frozen=True)
class Elsewhere:
    """A service of the release that is not installed here: what it reads, and who reads it."""

    name: str
    reads: tuple[Read, ...]
    subscribers: Mapping[str, Sequence[str]]
    publishes: tuple[()] = ()


def elsewhere(installed: Iterable[str]) -> list[Elsewhere]:
    """Return the services of the release that are not among ``installed``: an image holds one, and the broker is for all."""
    told: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text("utf-8"))
    pairs = [
        (reader, Read(source, fact))
        for source, facts in told.items()
        for fact, readers in facts.items()
        for reader in readers
    ]
    names = {*told, *(reader for reader, _ in pairs)} - set(installed)
    return [
        Elsewhere(name, tuple(read for reader, read in pairs if reader == name), told.get(name, {}))
        for name in sorted(names)
    ]


def take(classes: Iterable[Any]) -> dict[str, dict[str, list[str]]]:
    """Return, for each source and fact, the services among ``classes`` that read it; sorted."""
    found: dict[str, dict[str, set[str]]] = {}
    for cls in classes:
        for reader in cls.reads:
            found.setdefault(reader.service, {}).setdefault(reader.fact_name, set()).add(cls.name)
    return {
        source: {fact: sorted(readers) for fact, readers in sorted(facts.items())} for source, facts in sorted(found.items())
    }


def as_text(subscriptions: Mapping[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(subscriptions, indent=2) + "\n"

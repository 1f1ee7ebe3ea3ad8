"""The snapshot: the schemas of a release, kept under version control. `evolution` says what may change after it.

Wording (title, description, examples, default) is free to change.
"""

import json
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeGuard

from services.chassis.catalogue.evolution import Change, changes
from services.chassis.catalogue.export import as_text
from services.chassis.discovery import Service
from services.chassis.errors import StartUpError
from services.chassis.facts import jsonschema

#: service → ``<fact>.v<version>`` → the full JSON Schema without its wording, and one example
Snapshot = dict[str, dict[str, Any]]

_WORDING = {"$schema", "$id", "title", "description", "examples", "default", "deprecated"}


def take(services: Iterable[type[Service]]) -> Snapshot:
    """Record what ``services`` publish now."""
    return {
        service.name: {
            f"{fact.fact_name}.v{fact.version}": {
                **_without_wording(jsonschema.full(service.name, fact)),
                "examples": [fact.example],
            }
            for fact in sorted(service.publishes, key=lambda f: (f.fact_name, f.version))
        }
        for service in sorted(services, key=lambda service: service.name)
    }


def compare(
    old: Snapshot, new: Snapshot, *, accept_public: Collection[str] = (), accept_removed: Collection[str] = ()
) -> list[str]:
    """Return a sentence for every change from ``old`` to ``new`` that would break a reader or lose a message.

    ``registration declaration_submitted v1: field contact.phone became required: …; keep it optional, or publish v2``

    :param accept_public: fields that may become public, as ``service.fact.field`` (``registration.case.contact.phone``).
    :param accept_removed: versions that nobody reads any more, as ``service.fact.v1``.
    """
    faults = []
    for service, facts in sorted(old.items()):
        there = new.get(service, {})
        for name, before in sorted(facts.items()):
            fact, _, version = name.rpartition(".v")
            what = f"{service} {fact} v{version}"
            if name in there:
                for change in changes(before, there[name]):
                    named = change.field.replace("[]", "").replace("{}", "")
                    if not (change.newly_public and f"{service}.{fact}.{named}" in accept_public):
                        faults.append(f"{what}: {_told(change, int(version))}")
            elif f"{service}.{name}" not in accept_removed:
                near = get_close_matches(name, there.keys() - facts.keys(), n=1)
                renamed = f" (renamed to {near[0]}?)" if near else ""
                faults.append(
                    f"{what}: is gone{renamed}: messages of it that wait in outboxes, queues and the stream would be of an "
                    "unknown type; declare it until nobody reads it any more, then say so by name with --accept-removed"
                )
    return faults


def same(old: Snapshot, new: Snapshot) -> bool:
    """Tell whether the snapshots are equal, apart from examples."""
    return _schemas_in(old) == _schemas_in(new)


def read(path: Path) -> Snapshot:
    """Read the snapshot at ``path``; empty if there is none yet.

    :raises StartUpError: if the file is not one.
    """
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StartUpError(f"{path} is not JSON ({error}); take it from version control again.") from None
    if not _is_snapshot(found):
        raise StartUpError(f"{path} is not a snapshot of facts; take it from version control again.")
    return found


def write(path: Path, snapshot: Snapshot) -> None:
    """Write ``snapshot`` to ``path``.

    :raises OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(snapshot), encoding="utf-8")


def _is_snapshot(found: Any) -> TypeGuard[Snapshot]:
    return isinstance(found, dict) and all(
        isinstance(facts, dict)
        and all(name.rpartition(".v")[2].isdigit() and isinstance(schema, dict) for name, schema in facts.items())
        for facts in found.values()
    )


def _told(change: Change, version: int) -> str:
    field = f"field {change.field} " if change.field else ""
    way_out = f"; {change.remedy}, or publish v{version + 1}" if change.remedy else ""
    return f"{field}{change.why}{way_out}"


def _without_wording(schema: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: value for key, value in schema.items() if key not in _WORDING}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = _without_wording(kept[key])
    if "properties" in kept:
        # here the keys are fields, one of which may well be called `title`
        kept["properties"] = {name: _without_wording(field) for name, field in kept["properties"].items()}
    return kept


def _schemas_in(snapshot: Snapshot) -> Snapshot:
    return {
        service: {name: _without_wording(schema) for name, schema in facts.items()}
        for service, facts in snapshot.items()
        if facts
    }

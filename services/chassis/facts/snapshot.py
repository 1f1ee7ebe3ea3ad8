"""The snapshot: the schemas of a release, kept under version control, and what may change after it.

A version of a fact only ever gains optional fields; everything else needs a new version. The reason is that messages travel
in both directions of time: outboxes, queues and the public stream still hold what an older release wrote when a newer one
reads it, and readers of an older release (or of another agency) are still there when a newer one writes. So for each field
that is there already, the values it may hold stay exactly the same:

- *fewer* values (tighter bounds, enum values gone, no longer null, now required): older messages would no longer load.
  Check such a rule where the data is entered.
- *more* values (looser bounds, enum values added, null, no longer required): strict readers would park the new messages. A
  value set that will grow is declared as a plain string, with the known values in its description.
- public to private: the feed's subscribers lose the field. Private to public: personal data could get out, and nothing takes
  it back from a stream that others have read; so it must be acknowledged by name.

Wording (title, description, examples, default) is free to change.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeGuard

from services.chassis.discovery import Service
from services.chassis.errors import StartUpError
from services.chassis.facts import jsonschema
from services.chassis.facts.change import Incompatibility, Kind
from services.chassis.facts.evolution import changes
from services.chassis.facts.export import as_text
from services.chassis.facts.publicity import public_changes

__all__ = ["Incompatibility", "Kind", "Snapshot", "compare", "read", "same", "take", "write"]

#: service → ``<fact>.v<version>`` → the full JSON Schema without its wording, and one example
Snapshot = dict[str, dict[str, Any]]

_WORDING = {"$schema", "$id", "title", "description", "examples", "default", "deprecated"}


def take(services: Iterable[type[Service]]) -> Snapshot:
    """What ``services`` publish now."""
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
) -> list[Incompatibility]:
    """Every change from ``old`` to ``new`` that would break a reader or lose a message.

    :param accept_public: fields that may become public, as ``service.fact.field`` (``registration.case.contact.phone``).
    :param accept_removed: versions that nobody reads any more, as ``service.fact.v1``.
    """
    return [
        fault
        for fault in _compare(old, new)
        if not (fault.kind is Kind.PUBLISHED and fault.acknowledged_as in accept_public)
        and not (fault.kind is Kind.FACT_REMOVED and fault.acknowledged_as in accept_removed)
    ]


def same(old: Snapshot, new: Snapshot) -> bool:
    """Whether ``old`` records all that is in ``new``; examples do not count."""
    return _without_examples(old) == _without_examples(new)


def read(path: Path) -> Snapshot:
    """The snapshot kept at ``path``; empty if there is none yet.

    :raises StartUpError: if the file is not one.
    """
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StartUpError(f"{path} is no JSON ({error}); take it from version control again.") from None
    if not _is_snapshot(found):
        raise StartUpError(f"{path} is no snapshot of facts; take it from version control again.")
    return found


def write(path: Path, snapshot: Snapshot) -> None:
    """Keep ``snapshot`` at ``path``.

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


def _compare(old: Snapshot, new: Snapshot) -> Iterator[Incompatibility]:
    for service, facts in sorted(old.items()):
        there = new.get(service, {})
        for name, before in sorted(facts.items()):
            fact, _, version = name.rpartition(".v")
            if (after := there.get(name)) is None:
                near = get_close_matches(name, there.keys() - facts.keys(), n=1)
                renamed = f" (renamed to {near[0]}?)" if near else ""
                why = (
                    f"is gone{renamed}: messages of it that wait in outboxes, queues and the stream would be of an unknown type; "
                    "declare it until nobody reads it any more, then say so by name with --accept-removed"
                )
                yield Incompatibility(service, fact, int(version), None, Kind.FACT_REMOVED, why)
                continue
            for change in (*changes(before, after), *public_changes(before, after)):
                yield Incompatibility.of(service, fact, int(version), change)


def _without_wording(schema: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: value for key, value in schema.items() if key not in _WORDING}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = _without_wording(kept[key])
    if "properties" in kept:
        # here the keys are fields, one of which may well be called `title`
        kept["properties"] = {name: _without_wording(field) for name, field in kept["properties"].items()}
    return kept


def _without_examples(snapshot: Snapshot) -> Snapshot:
    return {
        service: {name: {k: v for k, v in schema.items() if k != "examples"} for name, schema in facts.items()}
        for service, facts in snapshot.items()
        if facts
    }

"""The files of ``vss facts export``: schemas, AsyncAPI documents and the catalogue, the same bytes for the same declarations."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.catalogue import asyncapi
from services.chassis.catalogue.page import events_page
from services.chassis.discovery import Service
from services.chassis.facts import jsonschema
from services.chassis.facts.envelope import schema_file

#: what an earlier export may have left behind; nothing else is ever removed
_OURS = ("asyncapi.*.json", "*/facts/*.v*.json", "public/*/facts/*.v*.json")


def files(services: Sequence[type[Service]]) -> dict[str, str]:
    """Return each file's content by its path in the export folder."""
    services = sorted(services, key=lambda service: service.name)
    found: dict[str, str] = {"events.md": events_page(services)}
    for service in services:
        found[f"asyncapi.{service.name}.json"] = as_text(asyncapi.of_service(service))
        for fact in service.publishes:
            found.update(_schema_files(jsonschema.full(service.name, fact), jsonschema.public(service.name, fact)))
    found["asyncapi.public.json"] = as_text(asyncapi.of_public_feed(services))
    return dict(sorted(found.items()))


def as_text(value: Any) -> str:
    """Format JSON for version control: sorted, indented, Vietnamese unescaped."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is out of date; ``diff`` is empty if it is missing or left over."""

    path: str
    what: str
    diff: str = ""


def differences(wanted: Mapping[str, str], folder: Path) -> list[Difference]:
    """Compare ``folder`` with ``wanted``."""
    found = []
    for path, text in wanted.items():
        file = folder / path
        if not file.is_file():
            found.append(Difference(path, "missing"))
        elif (there := file.read_text(encoding="utf-8")) != text:
            lines = difflib.unified_diff(there.splitlines(), text.splitlines(), "on disk", "declared", lineterm="", n=2)
            found.append(Difference(path, "differs", "\n".join(lines)))
    found += [Difference(path, "left over") for path in _left_over(wanted, folder)]
    return sorted(found, key=lambda difference: difference.path)


def write(wanted: Mapping[str, str], folder: Path) -> list[Difference]:
    """Update ``folder`` to ``wanted`` without touching files that are up to date; return what changed.

    :raises OSError: if the folder cannot be written to.
    """
    changed = differences(wanted, folder)
    for difference in changed:
        file = folder / difference.path
        if difference.path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[difference.path], encoding="utf-8")
        else:
            file.unlink()
    return changed


def _schema_files(*schemas: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    for schema in schemas:
        if schema is not None:
            yield schema_file(schema["$id"]), as_text(schema)


def _left_over(wanted: Mapping[str, str], folder: Path) -> Iterator[str]:
    for pattern in _OURS:
        for file in folder.glob(pattern):
            path = file.relative_to(folder).as_posix()
            if path not in wanted:
                yield path

"""Which fields reach the public feed, and which of them changed sides between two schemas of one version."""

from collections.abc import Iterator
from typing import Any

from services.chassis.facts.change import Change, Kind
from services.chassis.facts.jsonschema import fields_of


def public_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Fields that went from public to private, or the other way. A field that is new may be public from the start."""
    before, after = dict(_reaching(old)), dict(_reaching(new))
    both = before.keys() & after.keys()
    for path, inside in _outermost({path for path in both if before[path] and not after[path]}):
        yield Change(
            path, Kind.WITHDRAWN, f"is no longer public{inside}: subscribers of the public feed lose it", "keep it public()"
        )
    for path, inside in _outermost({path for path in both if after[path] and not before[path]}):
        yield Change(
            path,
            Kind.PUBLISHED,
            f"became public{inside}: other agencies would see it, and nothing takes it back; if it is certainly no person's data, "
            "say so by name with --accept-public",
        )


def _reaching(schema: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Every field's path and whether it reaches the public feed: it and all that it lies in are marked."""
    reached: dict[str, bool] = {"": True}
    for path, field, _ in fields_of(schema):
        reached[path] = bool(field.get("x-public")) and reached[_parent(path)]
        yield path, reached[path]


def _outermost(paths: set[str]) -> Iterator[tuple[str, str]]:
    """Those of ``paths`` that lie in none of the others, each with a remark on the ones inside it."""
    for path in sorted(paths):
        if _parent(path) not in paths:
            inside = sorted(other[len(path) :].lstrip(".[]{}") for other in paths if _lies_in(other, path))
            yield path, f" (with {', '.join(inside)})" if inside else ""


def _parent(path: str) -> str:
    """The field that ``path`` lies in; "" for the fact itself. ``[]`` and ``{}`` stand for the items of one field."""
    parent = path.rpartition(".")[0]
    while parent.endswith(("[]", "{}")):
        parent = parent[:-2]
    return parent


def _lies_in(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}[]", f"{other}{{}}"))

"""What may change within one version of a fact: nothing, except that optional fields are added.

Messages travel both ways in time. Outboxes, parked messages and the public stream hold what an older release wrote, so a field
that allows *fewer* values breaks us; services and agencies deploy when they like, so one that allows *more* values breaks readers
of an older release. Every keyword of a field's JSON Schema therefore stays as it was (decision 0008).

A field that leaves the public feed breaks its subscribers. One that joins it could be a person's data, and nothing takes that back
from a stream others have read: it must be acknowledged by name.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]

_OLD_MESSAGES = "older messages in the outbox or stream would no longer load"
_OLD_READERS = "readers deployed earlier would park the new messages"
_EITHER = "older messages, or readers deployed earlier, may not fit it"
_BESIDE = "add a field beside it"
#: compared field by field, not as a whole
_STRUCTURE = {"type", "enum", "properties", "required", "items", "additionalProperties", "x-public", "examples"}


class Change(NamedTuple):
    """One refused change. ``field`` is "" for the whole fact; ``remedy`` is None if not even a new version is a way out."""

    field: str
    why: str
    remedy: str | None = None
    newly_public: bool = False


def changes(old: Schema, new: Schema, path: str = "", public: tuple[bool, bool] = (True, True)) -> Iterator[Change]:
    """Every refused change from ``old`` to ``new``, two schemas of one version; ``public``: whether each reaches the feed here."""
    was, now = _type(old), _type(new)
    if was != now:
        why = f"changed its type from {was} to {now}: {_OLD_MESSAGES}, and {_OLD_READERS}"
        yield Change(path, why, _BESIDE)
        return
    yield from _null(path, old, new)
    yield from _values(path, _enum(old), _enum(new))
    for keyword in sorted((old.keys() | new.keys()) - _STRUCTURE):
        if old.get(keyword) != new.get(keyword):
            yield _keyword(path, keyword, old.get(keyword), new.get(keyword))
    for keyword, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if keyword in old or keyword in new:
            yield from changes(old.get(keyword, {}), new.get(keyword, {}), path + mark, public)
    yield from _fields(path, old, new, public)


def _fields(path: str, old: Schema, new: Schema, public: tuple[bool, bool]) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        here = f"{path}.{name}" if path else name
        if name not in after:
            why = f"was removed: {_OLD_READERS}, and here older messages hold a field that nobody knows"
            yield Change(here, why, "keep it")
            continue
        if name not in before:
            if name in is_required:
                yield Change(here, f"is new and required: {_OLD_MESSAGES}, for they lack it", "add it as optional")
            continue
        if name in is_required - was_required:
            why = "became required: readers of older messages in the outbox/stream would fail"
            yield Change(here, why, "keep it optional")
        if name in was_required - is_required:
            yield Change(here, f"became optional: {_OLD_READERS} that lack it", "keep it required")
        was, now = (above and bool(side[name].get("x-public")) for above, side in zip(public, (before, after), strict=True))
        if was and not now:
            yield Change(here, "is no longer public: subscribers of the public feed lose it", "keep it public()")
        if now and not was:
            why = (
                "became public: other agencies would see it, and nothing takes it back; if it is certainly no person's data, "
                "say so by name with --accept-public"
            )
            yield Change(here, why, newly_public=True)
        yield from changes(before[name], after[name], here, (was, now))


def _null(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    was, now = _nullable(old), _nullable(new)
    if now and not was:
        yield Change(path, f"may now be null: {_OLD_READERS} that hold null", _BESIDE)
    if was and not now:
        yield Change(path, f"may no longer be null: {_OLD_MESSAGES} where they hold null", "keep allow_none=True")


def _values(path: str, old: list[str] | None, new: list[str] | None) -> Iterator[Change]:
    if new is not None and (gone := new if old is None else [value for value in old if value not in new]):
        what = "now allows nothing but" if old is None else "no longer allows"
        why = f"{what} {', '.join(gone)}: {_OLD_MESSAGES} where they hold another value"
        yield Change(path, why, "keep every value declared, even if none sends it any more")
    if old is not None and (come := ["any value"] if new is None else [value for value in new if value not in old]):
        why = f"now allows {', '.join(come)}: {_OLD_READERS}, for they know only the values declared then"
        yield Change(path, why, f"{_BESIDE} (values that will grow: a plain string, described)")


def _keyword(path: str, keyword: str, was: Any, now: Any) -> Change:
    name = keyword.removeprefix("x-")
    if name == "subject":
        return Change("", f"its subject changed from {was} to {now}: readers order facts and find dossiers by it", "keep it")
    if name in ("format", "unit"):
        harm = "every reader would misread it" if name == "unit" else _EITHER
        return Change(path, f"changed its {name} from {was or 'none'} to {now or 'none'}: {harm}", _BESIDE)
    shown = f"{name} {'none' if was is None else was} → {'none' if now is None else now}"
    if keyword.startswith(("min", "max", "exclusive")):
        low = "inimum" in name or name.startswith("min")
        if now is not None and (was is None or (now > was if low else now < was)):
            why = f"is bounded more tightly ({shown}): {_OLD_MESSAGES}"
            return Change(path, why, "check the new bound where the data is entered")
        return Change(
            path, f"is bounded more loosely ({shown}): {_OLD_READERS} that go beyond the old bound", "keep the bound"
        )
    return Change(path, f"changed its {name} ({shown.removeprefix(name).strip()}): {_EITHER}", "keep the rule")


def _type(schema: Schema) -> str:
    types = schema.get("type", "any")
    return types if isinstance(types, str) else " or ".join(t for t in types if t != "null")


def _nullable(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) or None in schema.get("enum", ())


def _enum(schema: Schema) -> list[str] | None:
    # null is compared on its own
    return [json.dumps(v, ensure_ascii=False) for v in schema["enum"] if v is not None] if "enum" in schema else None

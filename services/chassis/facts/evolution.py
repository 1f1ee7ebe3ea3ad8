"""What changed between two schemas of one version, and why that would hurt. `snapshot` says why the rules are as they are."""

import json
from collections.abc import Iterator
from typing import Any

from services.chassis.facts.change import Change, Kind

Schema = dict[str, Any]

_OLD_MESSAGES = "older messages in the outbox or stream would no longer load"
_OLD_READERS = "readers deployed earlier would park the new messages"
_EITHER = "older messages, or readers deployed earlier, may not fit it"
_BESIDE = "add a field beside it"
#: keywords whose greater value allows less, and those whose greater value allows more
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
#: rules of which nobody can say whether they became tighter or looser; bounds of dates are text
_RULES = (
    *("pattern", "multipleOf", "uniqueItems", "allOf", "anyOf", "oneOf", "not"),
    *("x-minimum", "x-exclusiveMinimum", "x-maximum", "x-exclusiveMaximum"),
)


def changes(old: Schema, new: Schema) -> Iterator[Change]:
    """The refused changes from ``old`` to ``new``, both the schema of one version of one fact."""
    if (was := old.get("x-subject")) != (now := new.get("x-subject")):
        why = f"its subject changed from {was} to {now}: readers order facts and find dossiers by it"
        yield Change(None, Kind.MEANING, why, "keep it")
    yield from _node("", old, new)


def _node(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    here = path or None
    if (was := _type(old)) != (now := _type(new)):
        why = f"changed its type from {was} to {now}: {_OLD_MESSAGES}, and {_OLD_READERS}"
        yield Change(here, Kind.TYPE, why, _BESIDE)
        return
    for compare in (_null, _values, _format, _bounds, _rules):
        yield from compare(here, old, new)
    yield from _fields(path, old, new)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if key in old or key in new:
            yield from _node(path + mark, old.get(key, {}), new.get(key, {}))


def _fields(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        here = f"{path}.{name}" if path else name
        if name not in after:
            why = f"was removed: {_OLD_READERS}, and here older messages hold a field that nobody knows"
            yield Change(here, Kind.FIELD_REMOVED, why, "keep it")
        elif name not in before:
            if name in is_required:
                why = f"is new and required: {_OLD_MESSAGES}, for they lack it"
                yield Change(here, Kind.FIELD_REQUIRED, why, "add it as optional")
        else:
            if name in is_required - was_required:
                why = "became required: readers of older messages in the outbox/stream would fail"
                yield Change(here, Kind.BECAME_REQUIRED, why, "keep it optional")
            if name in was_required - is_required:
                why = f"became optional: {_OLD_READERS} that lack it"
                yield Change(here, Kind.BECAME_OPTIONAL, why, "keep it required")
            yield from _node(here, before[name], after[name])


def _null(path: str | None, old: Schema, new: Schema) -> Iterator[Change]:
    if _nullable(new) and not _nullable(old):
        yield Change(path, Kind.NULL_ADDED, f"may now be null: {_OLD_READERS} that hold null", _BESIDE)
    if _nullable(old) and not _nullable(new):
        why = f"may no longer be null: {_OLD_MESSAGES} where they hold null"
        yield Change(path, Kind.NULL_REMOVED, why, "keep allow_none=True")


def _values(path: str | None, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = _enum(old), _enum(new)
    if after is not None and (before is None or any(value not in after for value in before)):
        gone = after if before is None else [value for value in before if value not in after]
        what = "now allows nothing but" if before is None else "no longer allows"
        why = f"{what} {_listed(gone)}: {_OLD_MESSAGES} where they hold another value"
        yield Change(path, Kind.VALUES_REMOVED, why, "keep every value declared, even if none sends it any more")
    if before is not None and (after is None or any(value not in before for value in after)):
        come = "any value" if after is None else _listed([value for value in after if value not in before])
        why = f"now allows {come}: {_OLD_READERS}, for they know only the values declared then"
        # what to do the next time, for here it is too late
        yield Change(path, Kind.VALUES_ADDED, why, f"{_BESIDE} (values that will grow: a plain string, described)")


def _format(path: str | None, old: Schema, new: Schema) -> Iterator[Change]:
    for key, kind, what in (("format", Kind.FORMAT, _EITHER), ("x-unit", Kind.MEANING, "every reader would misread it")):
        if (was := old.get(key)) != (now := new.get(key)):
            name = key.removeprefix("x-")
            yield Change(path, kind, f"changed its {name} from {was or 'none'} to {now or 'none'}: {what}", _BESIDE)


def _bounds(path: str | None, old: Schema, new: Schema) -> Iterator[Change]:
    for name in _LOWER + _UPPER:
        if (was := old.get(name)) == (now := new.get(name)):
            continue
        what = f"({name} {_shown(was)} → {_shown(now)})"
        if now is not None and (was is None or (now > was if name in _LOWER else now < was)):
            why = f"is bounded more tightly {what}: {_OLD_MESSAGES}"
            yield Change(path, Kind.TIGHTER, why, "check the new bound where the data is entered")
        else:
            why = f"is bounded more loosely {what}: {_OLD_READERS} that go beyond the old bound"
            yield Change(path, Kind.LOOSER, why, "keep the bound")


def _rules(path: str | None, old: Schema, new: Schema) -> Iterator[Change]:
    for name in _RULES:
        if (was := old.get(name)) != (now := new.get(name)):
            why = f"changed its {name.removeprefix('x-')} ({_shown(was)} → {_shown(now)}): {_EITHER}"
            yield Change(path, Kind.RULE, why, "keep the rule")


def _type(schema: Schema) -> str:
    types = schema.get("type", "any")
    return types if isinstance(types, str) else " or ".join(t for t in types if t != "null")


def _nullable(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) or None in schema.get("enum", ())


def _enum(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    # null is spoken of on its own
    return [value for value in schema["enum"] if value is not None] if "enum" in schema else None


def _listed(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)

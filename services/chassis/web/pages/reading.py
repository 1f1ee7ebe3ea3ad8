"""From the flat names of HTML to the nested values of a schema, and back."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import marshmallow as ma
from werkzeug.datastructures import MultiDict

_MOST_ITEMS = 100
_DAY = ("day", "month", "year")


def nested(schema: ma.Schema, typed: MultiDict[str, str], asked: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values that `schema` loads. Empty boxes count as absent; names that the schema does not know are left alone."""
    found: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        value = _value(field, typed, asked, prefix + key)
        if value is not None:
            found[key] = value
    return found


def _value(field: ma.fields.Field[Any], typed: MultiDict[str, str], asked: Mapping[str, Any], path: str) -> Any:
    if isinstance(field, ma.fields.Nested):
        return _below(field, typed, asked, path, many=bool(field.many))
    if isinstance(field, ma.fields.List):
        if isinstance(field.inner, ma.fields.Nested):
            return _below(field.inner, typed, asked, path, many=True)
        items = [each for each in typed.getlist(path) if each.strip()]
        return items if items or path in typed else None
    if path in asked and asked[path].kind == "checkbox":
        return path in typed
    if path in asked and asked[path].kind == "birthday":
        return _day(typed, path)
    text = typed.get(path)
    if text is None or not text.strip():
        return None
    if isinstance(field, ma.fields.Integer) and field.strict and text.strip().lstrip("-").isascii():
        return int(text) if text.strip().lstrip("-").isdigit() else text
    return text


def _below(nest: ma.fields.Nested, typed: MultiDict[str, str], asked: Mapping[str, Any], path: str, *, many: bool) -> Any:
    inner = nest.schema
    if not many:
        return nested(inner, typed, asked, f"{path}.") or ({} if nest.required else None)
    positions = {key[len(path) + 1 :].partition(".")[0] for key in typed if key.startswith(f"{path}.")}
    numbers = sorted(int(each) for each in positions if each.isascii() and each.isdigit())[:_MOST_ITEMS]
    return [nested(inner, typed, asked, f"{path}.{number}.") for number in numbers] or None


def _day(typed: MultiDict[str, str], path: str) -> str | None:
    day, month, year = (typed.get(f"{path}.{part}", "").strip() for part in _DAY)
    if not (day or month or year):
        return None
    if all(each.isascii() and each.isdigit() for each in (day, month, year)):
        return f"{int(year):04}-{int(month):02}-{int(day):02}"
    return f"{day}/{month}/{year}"  # the schema says that this is no day


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values by dotted path."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for number, item in enumerate(value):
                yield from flat(item, f"{prefix}{key}.{number}.")
        else:
            if isinstance(value, date):
                yield from ((f"{prefix}{key}.{part}", str(getattr(value, part))) for part in _DAY)
            yield f"{prefix}{key}", value


def as_typed(value: Any) -> str:
    """Return a value as a box shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def field_at(schema: ma.Schema, path: str) -> ma.fields.Field[Any] | None:
    """Return the schema's field of a dotted path, numbers being places in lists; None if it has none."""
    here: ma.Schema | None = schema
    field: ma.fields.Field[Any] | None = None
    for part in path.split("."):
        if part.isdigit():
            continue
        if here is None:
            return None
        field = next((each for name, each in here.load_fields.items() if (each.data_key or name) == part), None)
        if field is None:
            return None
        inner = field.inner if isinstance(field, ma.fields.List) else field
        here = inner.schema if isinstance(inner, ma.fields.Nested) else None
    return field

"""``events.md``: every fact on one page, for people. What happened, its fields, an example, who reads it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.chassis.bus import topology
from services.chassis.discovery import Service
from services.chassis.facts import envelope, jsonschema

_BOUNDS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "items"),
    ("minProperties", "maxProperties", "keys"),
    ("minimum", "maximum", ""),
    ("x-minimum", "x-maximum", ""),
)


def events_page(services: Sequence[type[Service]]) -> str:
    """Return the page, in Markdown."""
    # no HTML, so nothing to escape but what would end a cell of a table
    pages = Environment(  # noqa: S701
        loader=PackageLoader(__name__, "."), trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    pages.filters["cell"] = lambda text: " ".join(text.split()).replace("|", "\\|")
    rooms = {"topology": topology, "envelope": envelope, "jsonschema": jsonschema, "json": json}
    page = pages.get_template("events.md.jinja")
    return page.render(services=services, type_in_words=type_in_words, read_by=_read_by, **rooms)


def type_in_words(field: dict[str, Any]) -> str:
    """Describe a field's type: ``string (date)``, ``list of string, at least 1``, ``"a" or "b"``, ``integer, 1 or more, or null``."""
    types = field.get("type", [])
    types = [types] if isinstance(types, str) else list(types)
    if "enum" in field or "const" in field:
        values = [v for v in field.get("enum", [field.get("const")]) if v is not None]
        words = " or ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in values)
    elif "array" in types:
        words = f"list of {type_in_words(field.get('items', {}))}"
    else:
        words = next((t for t in types if t != "null"), "any")
        words += f" ({field['format']})" if "format" in field else ""
    words = ", ".join([words, *_rules(field)])
    return words + (" or null" if "null" in types else "")


def _rules(field: dict[str, Any]) -> Iterator[str]:
    for low, high, what in _BOUNDS:
        least, most = field.get(low), field.get(high)
        if least is not None and least == most:
            yield f"{least} {what}".strip()
        elif least is not None and most is not None:
            yield f"{least} to {most} {what}".strip()
        elif least is not None:
            yield f"at least {least} {what}".strip()
        elif most is not None:
            yield f"at most {most} {what}".strip()
    for keyword, words in (("exclusiveMinimum", "more than"), ("exclusiveMaximum", "less than")):
        for name in (keyword, f"x-{keyword}"):
            if name in field:
                yield f"{words} {field[name]}"
    if "pattern" in field:
        yield f"like `{field['pattern']}`"


def _read_by(services: Sequence[type[Service]], service: str, fact: str, version: int) -> str:
    found = sorted(
        (reading.name, ", ".join(f"`{field}`" for field in reader.schema.fields))
        for reading in services
        for reader in reading.reads
        if (reader.service, reader.fact_name, reader.version) == (service, fact, version)
    )
    return "; ".join(f"{name} ({fields})" for name, fields in found)

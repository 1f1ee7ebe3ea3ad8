"""``events.md``: every fact on one page, for people. What happened, its fields, an example, who reads it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.chassis.bus.topology import PUBLIC_EXCHANGE, PUBLIC_STREAM, events_exchange
from services.chassis.discovery import Service
from services.chassis.facts import jsonschema
from services.chassis.facts.declare import Fact, Reader
from services.chassis.facts.envelope import schema_of, type_of

_HEAD = f"""\
# Facts

Written by `vss facts export`; change the declarations, not this page.

What the services tell each other. Each is a message on the exchange `<service>.events` with the fact's name as routing key, in a
CloudEvents 1.0 envelope. Fields marked **public** also go to other agencies, on the exchange `{PUBLIC_EXCHANGE}` (routing key
`<service>.<fact>`) and the replayable stream `{PUBLIC_STREAM}`. A version only ever gains optional fields.
"""

_BOUNDS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "items"),
    ("minProperties", "maxProperties", "keys"),
    ("minimum", "maximum", ""),
    ("x-minimum", "x-maximum", ""),
)


def events_page(services: Sequence[type[Service]]) -> str:
    """The page, in Markdown."""
    readers = list(_readers(services))
    parts = [_HEAD]
    for service in services:
        parts.append(f"## {service.name}\n")
        if not service.publishes:
            parts.append("Publishes nothing.\n")
        for fact in sorted(service.publishes, key=lambda f: (f.fact_name, f.version)):
            parts += _section(service.name, fact, readers)
    return "\n".join(parts)


def type_in_words(field: dict[str, Any]) -> str:
    """``string (date)``, ``list of string, at least 1``, ``"a" or "b"``, ``integer, 1 or more, or null``."""
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


def _readers(services: Iterable[type[Service]]) -> Iterator[tuple[str, type[Reader]]]:
    for service in services:
        for reader in service.reads:
            yield service.name, reader


def _section(service: str, fact: type[Fact], readers: Iterable[tuple[str, type[Reader]]]) -> Iterator[str]:
    schema = jsonschema.full(service, fact)
    yield f"### {fact.fact_name} v{fact.version}\n"
    yield jsonschema.what_happened(fact) + "\n"
    yield f"- type `{type_of(service, fact.fact_name, fact.version)}`, subject `{fact.subject_field}`"
    yield f"- exchange `{events_exchange(service)}`, routing key `{fact.fact_name}`"
    yield f"- schema `{schema_of(service, fact.fact_name, fact.version)}`"
    yield f"- public feed: {'yes' if fact.public_fields else 'no'}"
    yield f"- read by: {_read_by(service, fact, readers)}\n"
    yield "| Field | Type | Must be there | Public | Meaning |\n|---|---|---|---|---|"
    public = {path for path, _, _ in jsonschema.fields_of(jsonschema.public(service, fact) or {})}
    for path, field, required in jsonschema.fields_of(schema):
        cells = (
            f"`{path}`",
            type_in_words(field),
            "yes" if required else "",
            "**public**" if path in public else "",
            field.get("description", ""),
        )
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    yield f"\n```json\n{json.dumps(fact.example, ensure_ascii=False, indent=2)}\n```\n"


def _read_by(service: str, fact: type[Fact], readers: Iterable[tuple[str, type[Reader]]]) -> str:
    found = sorted(
        (name, ", ".join(f"`{field}`" for field in reader.schema.fields))
        for name, reader in readers
        if (reader.service, reader.fact_name, reader.version) == (service, fact.fact_name, fact.version)
    )
    if found:
        return "; ".join(f"{name} ({fields})" for name, fields in found)
    return "nobody yet; it waits in the outbox" if fact.needs_reader else "no service needs to"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

"""Contracts between services, tried without starting any: does each reader understand what is published?

assert every_example_loads(load_all()) == []
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.chassis.catalogue.snapshot import Snapshot
from services.chassis.discovery import Service
from services.chassis.errors import InvalidFact
from services.chassis.facts import Fact, Reader, jsonschema

_Published = Mapping[tuple[str, str, int], type[Fact]]


def every_example_loads(services: Sequence[type[Service]]) -> list[str]:
    """One sentence for each way in which a published fact and a reader do not fit; none if all is well.

    Each example is tried as declared, without its optional fields, with null wherever null may be, and with fields that a later
    release may add. A reader that needs what the publisher may leave out, or refuses what it may add, works on the day of the
    test and parks a citizen's dossier a month later.
    """
    published = {(s.name, fact.fact_name, fact.version): fact for s in services for fact in s.publishes}
    faults = [fault for (service, _, _), fact in sorted(published.items()) for fault in _cannot_travel(service, fact)]
    for service in sorted(services, key=lambda s: s.name):
        for reader in sorted(service.reads, key=lambda r: (r.service, r.fact_name, r.version)):
            faults += _reader_faults(service.name, reader, published, {s.name for s in services})
    return faults


def every_recorded_example_loads(recorded: Snapshot, services: Sequence[type[Service]]) -> list[str]:
    """One sentence for each example of an earlier release (from the snapshot) that no longer loads here.

    The snapshot compares schemas; this finds what they cannot say, such as a validator that is a function.
    """
    faults = []
    for service in sorted(services, key=lambda s: s.name):
        for fact in service.publishes:
            for example in recorded.get(service.name, {}).get(f"{fact.fact_name}.v{fact.version}", {}).get("examples", ()):
                what = f"{service.name} {fact.fact_name} v{fact.version}"
                faults += [f"{what}: {fault}" for fault in _load_faults(fact, "the example of an earlier release", example)]
                for other in services:
                    for reader in other.reads:
                        if (reader.service, reader.fact_name, reader.version) == (
                            service.name,
                            fact.fact_name,
                            fact.version,
                        ):
                            which = f"the example of an earlier release of {what}"
                            faults += [f"{other.name}: {fault}" for fault in _load_faults(reader, which, example)]
    return faults


def unread(services: Sequence[type[Service]]) -> list[str]:
    """Facts that some service has to read (``needs_reader``) and none does: they would be told to nobody."""
    reads = {(reader.service, reader.fact_name, reader.version) for s in services for reader in s.reads}
    return [
        f"{s.name} publishes {fact.fact_name} v{fact.version}, which no service reads; read "
        "it, or declare it with needs_reader=False"
        for s in sorted(services, key=lambda s: s.name)
        for fact in s.publishes
        if fact.needs_reader and (s.name, fact.fact_name, fact.version) not in reads
    ]


def variants(fact: type[Fact]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Messages that readers of ``fact`` must cope with, each with how it differs from the example.

    :raises TypeError: if the fact holds a field that cannot be described.
    """
    schema = jsonschema.full("any", fact)
    yield "the example", fact.example
    for what, keep_optional in (("the example without optional fields", False), ("the example with nulls", True)):
        data = _stripped(schema, fact.example, keep_optional=keep_optional)
        # a rule across fields may forbid it; then it is no message of this fact
        if data != fact.example and not fact.schema.validate(data):
            yield what, data
    yield "the example with fields that a later release adds", _extended(schema, fact.example)


def _cannot_travel(service: str, fact: type[Fact]) -> Iterator[str]:
    what = f"{service} {fact.fact_name} v{fact.version}"
    try:
        json.dumps(fact.load(fact.example).dump())
        jsonschema.full(service, fact)
    except (InvalidFact, TypeError, ValueError) as error:
        yield f"{what}: its example does not survive being sent: {error}"


def _reader_faults(service: str, reader: type[Reader], published: _Published, known: set[str]) -> Iterator[str]:
    what = f"{service} reads {reader.service} {reader.fact_name} v{reader.version}"
    fact = published.get((reader.service, reader.fact_name, reader.version))
    if fact is None:
        yield f"{what}, which nobody publishes{_instead(reader, published, known)}"
        return
    for name in reader.schema.fields:
        if name not in fact.schema.fields:
            near = difflib.get_close_matches(name, fact.schema.fields, n=1)
            yield f"{what}: there is no field {name}" + (f"; is it {near[0]}?" if near else "")
    try:
        messages = list(variants(fact))
    except TypeError:
        # told already: it cannot travel at all
        return
    for which, data in messages:
        yield from (f"{what}: {fault}" for fault in _load_faults(reader, which, data))


def _load_faults(declared: type[Fact | Reader], which: str, data: Mapping[str, Any]) -> Iterator[str]:
    try:
        declared.load(data)
    except (InvalidFact, TypeError) as error:
        # a TypeError: what may be missing has no default
        yield f"it does not load {which}: {error}"


def _instead(reader: type[Reader], published: _Published, known: Iterable[str]) -> str:
    if reader.service not in known:
        return f": there is no service {reader.service} among {', '.join(sorted(known))}"
    versions = sorted(v for s, name, v in published if (s, name) == (reader.service, reader.fact_name))
    if versions:
        return f": there is {', '.join(f'v{version}' for version in versions)}"
    names = sorted({name for s, name, _ in published if s == reader.service})
    near = difflib.get_close_matches(reader.fact_name, names, n=1)
    return f": is it {near[0]}?" if near else f": {reader.service} publishes {', '.join(names) or 'nothing'}"


def _stripped(schema: Mapping[str, Any], value: Any, *, keep_optional: bool) -> Any:
    """``value`` as poor as ``schema`` allows: null, or without its optional fields, at every level."""
    if isinstance(value, list):
        return [_stripped(schema.get("items", {}), item, keep_optional=keep_optional) for item in value]
    if not isinstance(value, dict):
        return value
    fields, required = schema.get("properties", {}), schema.get("required", ())
    poor: dict[str, Any] = {}
    for name, item in value.items():
        field = fields.get(name) or schema.get("additionalProperties", {})
        if name in fields and keep_optional and "null" in field.get("type", ()):
            poor[name] = None
        elif name not in fields or keep_optional or name in required:
            poor[name] = _stripped(field, item, keep_optional=keep_optional)
    return poor


def _extended(schema: Mapping[str, Any], value: Any) -> Any:
    """``value`` with one unknown field in every object whose fields are declared."""
    if isinstance(value, list):
        return [_extended(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    fields = {name: _extended(schema["properties"].get(name, {}), item) for name, item in value.items()}
    return {**fields, "added_by_a_later_release": {"of": "any kind"}}

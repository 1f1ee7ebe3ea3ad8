"""The JSON Schema (2020-12) of a fact: in full for the services, and reduced to public fields for other agencies.

Public fields are marked ``x-public``; ``x-subject`` names the field that the envelope's subject is taken from. Unknown fields
are allowed everywhere: a version gains optional fields, and who validates must not break when it does.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from services.chassis.facts.converter import convert
from services.chassis.facts.declare import Fact, Reader
from services.chassis.facts.envelope import public_schema_of, schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def full(service: str, fact: type[Fact]) -> dict[str, Any]:
    """Return the schema that the envelope's ``dataschema`` points to.

    :raises TypeError: if the fact holds a field that cannot be described (says which, and what to do).
    """
    return _document(schema_of(service, fact.fact_name, fact.version), fact, of_fields(fact), fact.example)


def public(service: str, fact: type[Fact]) -> dict[str, Any] | None:
    """Return the schema of the fact on the public feed; None if it has no public field."""
    if not fact.public_fields:
        return None
    uri = public_schema_of(schema_of(service, fact.fact_name, fact.version))
    return _document(uri, fact, of_fields(fact, public_only=True), fact.reduce(fact.example))


def what_happened(declared: type[Fact] | type[Reader]) -> str:
    """Return the docstring, which says what happened, or the fact's name in words if there is none."""
    text = declared.__doc__ or ""
    # a dataclass without docstring gets its signature as one
    if not text or text.startswith(f"{declared.__name__}("):
        return declared.fact_name.replace("_", " ").capitalize() + "."
    return inspect.cleandoc(text)


def fields_of(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield every field of a JSON Schema as (path, its schema, whether it is required), those of nested objects after it.

    In a list's items the path goes on with ``[]``, in an object of free keys with ``{}``.
    """
    if isinstance(schema.get("items"), dict):
        yield from fields_of(schema["items"], path + "[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from fields_of(schema["additionalProperties"], path + "{}")
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, field, name in required
        yield from fields_of(field, here)


def _document(uri: str, fact: type[Fact], body: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": uri,
        "title": fact.__name__,
        "description": what_happened(fact),
        "x-subject": fact.subject_field,
        **body,
        "examples": [example],
    }


def of_fields(declared: type[Fact] | type[Reader], *, public_only: bool = False) -> dict[str, Any]:
    """Return the schema of the declared fields alone: for a reader, those that it reads."""
    try:
        return convert(declared.schema, public_only=public_only)
    except TypeError as error:
        raise TypeError(f"{declared.__name__}.{error}") from error

"""Facts, readers and services made on the spot, for tests that need one of a certain shape."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.chassis.facts import Fact, Reader, private, public, reads

DOSSIER_NO = "261121-000001-8"


def fact(
    example: Mapping[str, Any] | None = None,
    *,
    name: str = "declaration_submitted",
    version: int = 1,
    subject: str = "dossier_no",
    doc: str | None = "A citizen has sent Form 01.",
    public_fields: Iterable[str] = ("dossier_no",),
    needs_reader: bool = True,
    **declared: ma.fields.Field[Any],
) -> type[Fact]:
    """A fact with the given fields beside its dossier number; what is not required has the default None."""
    every = {"dossier_no": fields.String(required=True), **declared}
    options = {
        "name": name,
        "version": version,
        "subject": subject,
        "example": {"dossier_no": DOSSIER_NO, **(example or {})},
        "needs_reader": needs_reader,
    }
    how = {key: public if key in public_fields else private for key in every}
    return types.new_class("Made", (Fact,), options, _body(every, how, doc))


def reader(
    *, service: str = "registration", name: str = "declaration_submitted", version: int = 1, **declared: ma.fields.Field[Any]
) -> type[Reader]:
    """A reader of the given fields and no others."""
    options = {"service": service, "name": name, "version": version}
    return types.new_class("Taken", (Reader,), options, _body(declared, dict.fromkeys(declared, reads), None))


def service(name: str = "registration", publishes: Iterable[type[Fact]] = (), reads: Iterable[type[Reader]] = ()) -> Any:
    """A service's class that handles nothing."""
    return type(name.capitalize(), (), {"name": name, "publishes": tuple(publishes), "reads": dict.fromkeys(reads, _ignore)})


def _body(
    declared: Mapping[str, ma.fields.Field[Any]], how: Mapping[str, Callable[..., Any]], doc: str | None
) -> Callable[[dict[str, Any]], None]:
    def fill(namespace: dict[str, Any]) -> None:
        namespace["__doc__"] = doc
        namespace["__annotations__"] = dict.fromkeys(declared, Any)
        for name, field in declared.items():
            namespace[name] = how[name](field) if field.required else how[name](field, default=None)

    return fill


def _ignore(session: Any, fact: Any) -> None:
    """Samples handle nothing."""

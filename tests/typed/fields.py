"""Every field of text or of a day in every operation of every service, found in the applications themselves."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import marshmallow as ma

from services.accounts.passwords.generated import as_generated
from services.chassis import tracking
from services.chassis.text import csv_lists
from services.chassis.text.quoted import as_given_out
from services.chassis.web.typed import Day, Typed
from tests.integration.http.desks import SERVICES, Desk

#: fields that no person types, and those that people choose themselves, which are NFC only (W2)
NOT_TYPED: Final = {
    "cursor": "a machine's",
    "device_id": "a machine's",
    "password": "chosen: NFC only; ours as they are retyped",
    "current_password": "chosen: NFC only; ours as they are retyped",
    "new_password": "chosen: NFC only",
}


@dataclass(frozen=True)
class Field:
    """One field of text, or of a day, of a request: where it is, and what takes it."""

    service: str
    operation: str
    path: str
    field: ma.fields.String | ma.fields.Date

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1]

    @property
    def is_choice(self) -> bool:
        """Whether it takes only one of a list of values."""
        return any(isinstance(each, ma.validate.OneOf) for each in self.field.validators)

    @property
    def kind(self) -> str:
        """The name of the function that takes it."""
        assert isinstance(self.field, Typed | Day), self
        return self.field.taken_by.__name__

    def take(self, text: str) -> str:
        """What is made of a text. Raises ValidationError if it is refused."""
        return str(self.field.deserialize(text))


@cache
def fields() -> tuple[Field, ...]:
    """Every field of text that a request of any service may have, each once for each operation."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for service in SERVICES:
            desk = Desk(service, Path(folder))
            for rule in desk.app.url_map.iter_rules():
                view = desk.app.view_functions[rule.endpoint]
                for parameter in getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ()):
                    schema = parameter["schema"]
                    method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
                    operation = f"{method} {rule.rule}"
                    of_it = schema if isinstance(schema, ma.Schema) else schema()
                    found += [Field(service, operation, path, field) for path, field in _texts(of_it.load_fields)]
            desk.close()
    return tuple(found)


def typed_fields() -> list[Field]:
    """Those that people type into."""
    return [each for each in fields() if isinstance(each.field, Typed | Day)]


def _texts(of: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, ma.fields.String | ma.fields.Date]]:
    for name, field in of.items():
        path = f"{above}{field.data_key or name}"
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, ma.fields.Nested):
            yield from _texts(inner.schema.load_fields, f"{path}.")
        elif isinstance(inner, ma.fields.String | ma.fields.Date) and not isinstance(inner, ma.fields.UUID):
            yield path, inner


def _tracked(text: str) -> str:
    code = "ABCD-EFGH-JKLM-NPQR"
    if not tracking.matches(text, tracking.digest(code)):
        raise ma.ValidationError("another code")
    return code


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    file = io.StringIO(f'code,name\r\n1,"{quoted}"\r\n', newline="")
    (cells,) = csv_lists.read(file, ("code", "name"), dict, key="code")
    return str(cells["name"])


def _retyped(text: str) -> str:
    taken = as_generated(text)
    if taken != "34pm-dfdx-6h6n":
        raise ma.ValidationError("another password")
    return taken


#: what is typed outside of bodies and queries, and what takes it
BESIDES: Final[Mapping[str, Callable[[str], str]]] = {
    "tracking code": _tracked,
    "number in a path": as_given_out,
    "first password": _retyped,
    "cell of a list": _cell,
}

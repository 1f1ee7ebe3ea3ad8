"""The OpenAPI documents of all services, and the fields of their requests as the services judge them."""

from __future__ import annotations

import functools
import inspect
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marshmallow as ma

from services.chassis.web.openapi import ecma
from tests.integration.http.desks import SERVICES, Desk

METHODS = ("get", "post", "put", "patch", "delete")


@functools.cache
def desk(service: str) -> Desk:
    return Desk(service, Path(tempfile.mkdtemp(prefix="vss-contracts-")))


@functools.cache
def document(service: str) -> dict[str, Any]:
    return desk(service).document()


def operations() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Service, method, path and description of each operation."""
    for service in SERVICES:
        for path, item in document(service)["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = {"parameters": [*item.get("parameters", ()), *item[method].get("parameters", ())]}
                    yield service, method.upper(), path, item[method] | shared


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document, with where it stands."""
    if isinstance(node, dict):
        yield path, node
        for key, inner in node.items():
            yield from nodes(inner, f"{path}/{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from nodes(inner, f"{path}/{number}")


@dataclass(frozen=True)
class RequestField:
    """A field of a request: what the document says of it, and the field that judges it."""

    where: str
    said: dict[str, Any]
    field: ma.fields.Field[Any]

    def refusal(self, value: Any) -> str | None:
        """Why the service does not take the value; None if it does."""
        try:
            self.field.deserialize(value, "value", {"value": value})
        except ma.ValidationError as error:
            return str(error.messages)
        return None


@functools.cache
def request_fields() -> tuple[RequestField, ...]:
    """Of bodies and queries, those of nested schemas too; each class's field once."""
    found: dict[str, RequestField] = {}
    for service in SERVICES:
        converter = _converter(desk(service))
        for view in desk(service).app.view_functions.values():
            described = getattr(inspect.unwrap(view), "_apidoc", None) or getattr(view, "_apidoc", None) or {}
            for given in described.get("arguments", {}).get("parameters", ()):
                schema = given["schema"]
                for each in _fields(service, schema() if isinstance(schema, type) else schema, converter):
                    found.setdefault(each.where, each)
    return tuple(found.values())


def _converter(desk: Desk) -> Any:
    return next(iter(desk.app.extensions["flask-smorest"]["apis"].values()))["ext_obj"].ma_plugin.converter


def _fields(service: str, schema: Any, converter: Any) -> Iterator[RequestField]:
    for name, field in schema.load_fields.items():
        inner = field
        while isinstance(inner, ma.fields.List):
            inner = inner.inner
        if isinstance(inner, ma.fields.Nested):
            yield from _fields(service, inner.schema, converter)
        said = dict(converter.field2property(inner))
        if isinstance(said.get("pattern"), str):
            said["pattern"] = ecma(said["pattern"])
        yield RequestField(f"{service}.{type(schema).__name__}.{field.data_key or name}", said, inner)

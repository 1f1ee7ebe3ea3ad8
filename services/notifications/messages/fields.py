"""The fields that readers declare most often."""

from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import reads


def text(*, allow_none: bool = False) -> Any:
    """Return a field of text, required unless it may be null."""
    if allow_none:
        return reads(fields.String(load_default=None, allow_none=True), default=None)
    return reads(fields.String(required=True))


def moment(*, allow_none: bool = False) -> Any:
    """Return a required field of a moment."""
    return reads(fields.AwareDateTime(required=True, allow_none=allow_none, format="iso"))


def day() -> Any:
    """Return a field of a day that may be missing."""
    return reads(fields.Date(load_default=None, allow_none=True), default=None)


def nested(schema: type[Schema], *, allow_none: bool = False) -> Any:
    """Return a required field with fields of its own (`parts`)."""
    return reads(fields.Nested(schema, required=True, allow_none=allow_none))

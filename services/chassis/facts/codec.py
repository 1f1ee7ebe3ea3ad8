"""Schemas that answer quickly for what they hold mostly: texts, numbers and yes or no.

marshmallow is asked field by field in general; that is two thirds of what a message costs in Python. A ``Codec`` looks at
plain fields itself (the exact JSON type, then the field's own validators) and gives marshmallow the rest. As soon as anything
does not fit, the whole document goes through marshmallow, so what is accepted and what is said about faults is marshmallow's.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import marshmallow as ma

_PLAIN: dict[type[ma.fields.Field[Any]], type] = {ma.fields.String: str, ma.fields.Integer: int, ma.fields.Boolean: bool}
_MISSING = object()


class _Plain(NamedTuple):
    name: str
    type: type
    nullable: bool
    required: bool
    validators: tuple[Callable[[Any], Any], ...]


class _Slow(Exception):  # noqa: N818  # no error: a sign to take the other way
    """Not what a plain field holds: let marshmallow look."""


class Codec:
    """Loads and dumps documents of one schema."""

    def __init__(self, schema: ma.Schema) -> None:
        self.schema = schema
        self._plain = tuple(
            _Plain(name, _PLAIN[type(field)], bool(field.allow_none), field.required, tuple(field.validators))
            for name, field in schema.fields.items()
            if _is_plain(field)
        )
        known = {plain.name for plain in self._plain}
        # bound fields, not declared ones: what was set on a nested schema must hold here too
        others = {name: field for name, field in schema.fields.items() if name not in known}
        # hooks of a schema see the whole document, so a schema that has any goes the long way
        self._quick = not any(schema._hooks.values())
        self._others = ma.Schema.from_dict(others)(unknown=ma.EXCLUDE) if others else None

    def load(self, data: Any) -> dict[str, Any]:
        """``data`` (JSON values) as Python values.

        :raises marshmallow.ValidationError: as the schema itself raises it.
        """
        if (
            self._quick
            and type(data) is dict
            and (self.schema.unknown == ma.EXCLUDE or data.keys() <= self.schema.fields.keys())
        ):
            try:
                return self._look(data, data.get) | (self._others.load(data) if self._others else {})
            except (_Slow, ma.ValidationError):
                pass
        loaded: dict[str, Any] = self.schema.load(data)
        return loaded

    def dump(self, value: object, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """``value``, whose attributes are ``attributes``, as JSON values that the schema accepts.

        :raises marshmallow.ValidationError: if a value does not fit its field.
        """
        if self._quick:
            try:
                data = self._look(attributes, attributes.get)
                if self._others:
                    others = self._others.dump(value)
                    self._others.load(others)
                    data |= others
                return data
            except (_Slow, ma.ValidationError):
                pass
        dumped: dict[str, Any] = self.schema.dump(value)
        if faults := self.schema.validate(dumped):
            raise ma.ValidationError(faults)
        return dumped

    def _look(self, data: Mapping[str, Any], get: Callable[[str, Any], Any]) -> dict[str, Any]:
        found = {}
        for name, kind, nullable, required, validators in self._plain:
            value = get(name, _MISSING)
            if type(value) is kind:
                for validate in validators:
                    validate(value)
            elif value is _MISSING:
                if required:
                    raise _Slow
                continue
            elif value is not None or not nullable:
                raise _Slow
            found[name] = value
        return found


def _is_plain(field: ma.fields.Field[Any]) -> bool:
    return (
        type(field) in _PLAIN
        and field.attribute is None
        and field.data_key is None
        and field.load_default is ma.missing
        and field.dump_default is ma.missing
        and not field.load_only
        and not field.dump_only
        # a text that is to be stripped or a number that must not be a text has options; only the plain ones are plain
        and not (isinstance(field, ma.fields.Integer) and (field.as_string or field.strict))
    )

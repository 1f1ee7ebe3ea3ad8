"""Fast path for marshmallow schemas of plain fields (decision 6).

marshmallow passes a document through several layers for each field: two thirds of what a message costs in Python. A ``Codec`` is
compiled once from a schema. It checks strings, integers and booleans itself (the exact JSON type, then the field's validators),
walks nested objects and lists, and calls any other field directly. A document in which anything does not fit goes through
marshmallow as a whole, so what is accepted and what is reported stays marshmallow's. A property test compares the two.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import marshmallow as ma

_PLAIN: dict[type[ma.fields.Field[Any]], type] = {ma.fields.String: str, ma.fields.Integer: int, ma.fields.Boolean: bool}
_MISSING = object()

#: (value, the document around it) → the other form of the value
_Convert = Callable[[Any, Any], Any]


class _Fallback(Exception):  # noqa: N818  # control flow, not an error
    """The fast path does not apply: fall back to marshmallow."""


class _Member(NamedTuple):
    name: str
    load: _Convert
    dump: _Convert
    required: bool
    load_default: Any
    dump_default: Any


class Codec:
    """Load and dump documents of one schema."""

    def __init__(self, schema: ma.Schema) -> None:
        self.schema = schema
        try:
            self._members = _members(schema)
        except RecursionError:
            # a schema that holds itself: refused where facts are described, with words
            self._members = None

    def load(self, data: Any) -> dict[str, Any]:
        """Convert ``data`` (JSON values) to Python values.

        :raises marshmallow.ValidationError: as the schema itself raises it.
        """
        if self._members is not None:
            try:
                return _load(self._members, data, refuse_unknown=self.schema.unknown != ma.EXCLUDE)
            except (_Fallback, ma.ValidationError):
                pass
        loaded: dict[str, Any] = self.schema.load(data)
        return loaded

    def dump(self, value: object, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Convert ``value``, whose attributes are ``attributes``, to JSON values that the schema accepts.

        :raises marshmallow.ValidationError: if a value does not fit its field.
        """
        if self._members is not None:
            try:
                return _dump(self._members, attributes, value)
            except (_Fallback, ma.ValidationError):
                pass
        dumped: dict[str, Any] = self.schema.dump(value)
        if faults := self.schema.validate(dumped):
            raise ma.ValidationError(faults)
        return dumped


def _load(members: tuple[_Member, ...], data: Any, *, refuse_unknown: bool) -> dict[str, Any]:
    if type(data) is not dict:
        raise _Fallback
    found = {}
    seen = 0
    for name, load, _, required, default, _ in members:
        value = data.get(name, _MISSING)
        if value is not _MISSING:
            seen += 1
            found[name] = load(value, data)
        elif required:
            raise _Fallback
        elif default is not ma.missing:
            found[name] = default() if callable(default) else default
    if refuse_unknown and seen != len(data):
        raise _Fallback
    return found


def _dump(members: tuple[_Member, ...], attributes: Mapping[str, Any], value: object) -> dict[str, Any]:
    found = {}
    for name, _, dump, required, _, default in members:
        each = attributes.get(name, _MISSING)
        if each is not _MISSING:
            found[name] = dump(each, value)
        elif required or default is not ma.missing:
            raise _Fallback
    return found


def _members(schema: ma.Schema) -> tuple[_Member, ...] | None:
    """Compile each field of ``schema``; None if the schema needs marshmallow.

    Hooks see the whole document, and a field may travel under another name or in one direction only: such schemas are rare.
    """
    if any(schema._hooks.values()) or schema.unknown not in (ma.RAISE, ma.EXCLUDE):  # noqa: SLF001  # marshmallow 4.4
        return None
    fields = schema.fields.items()
    if any(f.attribute is not None or f.data_key not in (None, n) or f.load_only or f.dump_only for n, f in fields):
        return None
    return tuple(_Member(n, *_converters(f), bool(f.required), f.load_default, f.dump_default) for n, f in fields)


def _converters(field: Any) -> tuple[_Convert, _Convert]:
    kind = type(field)
    if field.pre_load or field.post_load:
        return _by_marshmallow(field)
    if kind in _PLAIN and not (kind is ma.fields.Integer and (field.as_string or field.strict)):
        # a text that is to be stripped or a number that must not be a text has options; only the plain ones are plain
        plain = _plain(_PLAIN[kind], bool(field.allow_none), tuple(field.validators))
        return plain, plain
    if kind is ma.fields.Nested and not field.many and not field.schema.many and not field.validators:
        return _nested(field)
    if kind is ma.fields.List and not field.validators:
        return _list(field)
    return _by_marshmallow(field)


def _plain(kind: type, nullable: bool, validators: tuple[Callable[[Any], Any], ...]) -> _Convert:
    def turn(value: Any, _around: Any) -> Any:
        if type(value) is kind:
            for validate in validators:
                validate(value)
        elif value is not None or not nullable:
            raise _Fallback
        return value

    return turn


def _nested(field: Any) -> tuple[_Convert, _Convert]:
    members, nullable = _members(field.schema), bool(field.allow_none)
    unknown = field.unknown or field.schema.unknown
    if members is None or unknown not in (ma.RAISE, ma.EXCLUDE):
        return _by_marshmallow(field)
    refuse_unknown = unknown == ma.RAISE

    def load(value: Any, _around: Any) -> Any:
        return None if value is None and nullable else _load(members, value, refuse_unknown=refuse_unknown)

    def dump(value: Any, _around: Any) -> Any:
        if value is None and nullable:
            return None
        if type(value) is not dict:
            raise _Fallback
        return _dump(members, value, value)

    return load, dump


def _list(field: Any) -> tuple[_Convert, _Convert]:
    (load_each, dump_each), nullable = _converters(field.inner), bool(field.allow_none)

    def load(value: Any, _around: Any) -> Any:
        if type(value) is list:
            return [load_each(each, None) for each in value]
        if value is None and nullable:
            return None
        raise _Fallback

    def dump(value: Any, around: Any) -> Any:
        if type(value) in (list, tuple):
            return [dump_each(each, around) for each in value]
        if value is None and nullable:
            return None
        raise _Fallback

    return load, dump


def _by_marshmallow(field: Any) -> tuple[_Convert, _Convert]:
    """Call marshmallow's field directly, without the schema around it."""
    name = field.name
    always_fits = _always_fits(field)

    def load(value: Any, around: Any) -> Any:
        return field.deserialize(value, name, around)

    def dump(value: Any, around: Any) -> Any:
        if always_fits is not None and type(value) is always_fits and (always_fits is date or value.tzinfo is not None):
            return value.isoformat()
        dumped = field._serialize(value, name, around)  # noqa: SLF001  # marshmallow 4.4
        field.deserialize(dumped, name, None)
        return dumped

    return load, dump


def _always_fits(field: Any) -> Any:
    """Return the type whose dumped values need no check; None if there is none."""
    if field.validators or getattr(field, "format", None) not in (None, "iso"):
        return None
    if type(field) is ma.fields.AwareDateTime:
        return datetime
    return date if type(field) is ma.fields.Date else None

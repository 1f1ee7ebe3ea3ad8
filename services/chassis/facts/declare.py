"""Declare facts (what a service publishes) and readers (what another service reads of them).

A declaration is a class whose attributes are marshmallow fields; from it come a frozen value, a marshmallow schema, the
public reduction, the JSON Schema and the AsyncAPI document::

    class DeclarationSubmitted(Fact, name="declaration_submitted", version=1, subject="dossier_no",
                               example={"dossier_no": "261121-000001-6", "full_name": "Nguyễn Thành Biên"}):
        \"\"\"A citizen has sent Form 01.\"\"\"

        dossier_no: str = public(fields.String(required=True))
        full_name: str = private(fields.String(required=True))

    class NewDossier(Reader, service="registration", name="declaration_submitted", version=1):
        dossier_no: str = reads(fields.String(required=True))

``public`` fields go on the public feed (law 6). A nested schema marks its own public fields with
``metadata={"public": True}``; a nested field under ``public`` is reduced to those.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

import marshmallow as ma

from services.chassis.errors import InvalidFact
from services.chassis.facts.codec import Codec

if TYPE_CHECKING:
    from services.chassis.facts.envelope import Envelope

_FIELD = "marshmallow_field"


def _field(field: ma.fields.Field[Any], default: Any, **marks: bool) -> Any:
    # a new dict: marshmallow keeps the caller's own, and two fields may have been given the same
    field.metadata = {**field.metadata, **marks}
    return dataclasses.field(default=default, metadata={_FIELD: field})


def public(field: ma.fields.Field[Any], *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a field that every agency may see: numbers, kinds, office codes, times, outcomes; never a person's data."""
    return _field(field, default, public=True)


def private(field: ma.fields.Field[Any], *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a field for the services only; it never reaches the public feed."""
    return _field(field, default, public=False)


def secret(field: ma.fields.Field[Any], *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a sealed field: private, and forgotten at the source once every reader has it. A reader copes with its absence."""
    return _field(field, default, public=False, secret=True)


def reads(field: ma.fields.Field[Any], *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a field that a reader uses. It sees no other."""
    return _field(field, default)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(public, private, secret, reads))
class _Declared:
    """Shared by ``Fact`` and ``Reader``: turns declared fields into a frozen dataclass with a schema."""

    schema: ClassVar[ma.Schema]
    _codec: ClassVar[Codec]
    fact_name: ClassVar[str]
    version: ClassVar[int]

    @classmethod
    def _declare(cls, name: str, version: int, unknown: str) -> None:
        if not name.isidentifier() or name != name.lower():
            raise TypeError(f"{cls.__name__}: a fact's name is lower_snake_case, not {name!r}")
        if version < 1:
            raise TypeError(f"{cls.__name__}: versions start at 1, not {version}")
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        declared: dict[str, Any] = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # made a dataclass one line above
            if _FIELD not in field.metadata:
                raise TypeError(f"{cls.__name__}.{field.name}: declare it with public(), private(), secret() or reads()")
            declared[field.name] = marshmallow_field = field.metadata[_FIELD]
            if (
                not marshmallow_field.required
                and marshmallow_field.load_default is ma.missing
                and field.default is dataclasses.MISSING
            ):
                raise TypeError(f"{cls.__name__}.{field.name}: give it required=True or a default")
        meta = type("Meta", (), {"unknown": unknown})
        cls.schema = type(f"{cls.__name__}Schema", (ma.Schema,), {**declared, "Meta": meta})()
        if unknown == ma.EXCLUDE:
            for bound in cls.schema.fields.values():
                _tolerate(bound)
        cls._codec = Codec(cls.schema)
        cls.fact_name = name
        cls.version = version

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Parse a JSON object.

        :raises InvalidFact: naming the fields that are missing or wrong.
        """
        try:
            return cls(**cls._codec.load(data))
        except ma.ValidationError as error:
            raise InvalidFact(f"{cls.fact_name}.v{cls.version}", error.normalized_messages()) from None  # type: ignore[no-untyped-call]  # marshmallow's


class Fact(_Declared):
    """An event that a service publishes: immutable, past tense, versioned."""

    subject_field: ClassVar[str]
    example: ClassVar[dict[str, Any]]
    public_fields: ClassVar[tuple[str, ...]]
    secret_fields: ClassVar[tuple[str, ...]]
    needs_reader: ClassVar[bool]

    def __init_subclass__(
        cls, *, name: str, version: int, subject: str, example: dict[str, Any], needs_reader: bool = True, **kw: Any
    ) -> None:
        """Declare a fact.

        :param subject: the field whose value names the aggregate (dossier, account or complaint number).
        :param example: a full example as JSON values; checked here, so that a wrong one fails at import.
        :param needs_reader: False for a fact that no service has to read; a test refuses any other that none reads.
        """
        super().__init_subclass__(**kw)
        cls._declare(name, version, ma.RAISE)
        if subject not in cls.schema.fields:
            raise TypeError(f"{cls.__name__}: subject {subject!r} is not one of its fields")
        cls.subject_field = subject
        cls.needs_reader = needs_reader
        cls.public_fields = tuple(n for n, f in cls.schema.fields.items() if f.metadata.get("public"))
        cls.secret_fields = tuple(n for n, f in cls.schema.fields.items() if f.metadata.get("secret"))
        if cls.public_fields and subject not in cls.public_fields:
            raise TypeError(f"{cls.__name__}: the subject {subject!r} is in the public envelope, so declare it public()")
        cls.example = example
        cls.load(example)

    def dump(self) -> dict[str, Any]:
        """Return the fact as JSON values.

        :raises InvalidFact: if a value does not fit its field: a bug in the publisher, told before anything is sent.
        """
        try:
            return self._codec.dump(self, self.__dict__)
        except ma.ValidationError as error:
            raise InvalidFact(f"{self.fact_name}.v{self.version}", error.normalized_messages()) from None  # type: ignore[no-untyped-call]  # marshmallow's

    @classmethod
    def reduce(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Reduce ``data`` to its public fields, nested ones included (law 6)."""
        return _reduce(cls.schema, data)


def _reduce(schema: ma.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    fields = schema.fields.items()
    return {n: _reduce_value(f, data[n]) for n, f in fields if n in data and f.metadata.get("public")}


def _reduce_value(field: ma.fields.Field[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, ma.fields.Nested):
        return [_reduce(field.schema, item) for item in value] if field.many else _reduce(field.schema, value)
    if isinstance(field, ma.fields.List):
        return [_reduce_value(field.inner, item) for item in value]
    if isinstance(field, ma.fields.Mapping) and field.value_field is not None:
        return {key: _reduce_value(field.value_field, item) for key, item in value.items()}
    return value


def _tolerate(field: ma.fields.Field[Any]) -> None:
    """Let nested schemas ignore what they do not know: marshmallow does not hand ``unknown`` down to them."""
    if isinstance(field, ma.fields.Nested):
        field.schema.unknown = ma.EXCLUDE
        for inner in field.schema.fields.values():
            _tolerate(inner)
    elif isinstance(field, ma.fields.List):
        _tolerate(field.inner)
    elif isinstance(field, ma.fields.Mapping) and field.value_field is not None:
        _tolerate(field.value_field)


class Reader(_Declared):
    """What one service reads of another's fact: only the fields it uses. Others are ignored, so publishers may add some."""

    service: ClassVar[str]
    envelope: "Envelope"

    def __init_subclass__(cls, *, service: str, name: str, version: int, **kw: Any) -> None:
        """Declare a reader of ``name``, version ``version``, published by ``service``."""
        super().__init_subclass__(**kw)
        # `envelope` is no field: it is set on each value when a message is read
        cls.__annotations__.pop("envelope", None)
        cls._declare(name, version, ma.EXCLUDE)
        cls.service = service

    @classmethod
    def read(cls, data: Mapping[str, Any], envelope: "Envelope") -> Self:
        """Parse a message's body and attach its ``envelope``.

        :raises InvalidFact: naming the fields that are missing or wrong.
        """
        value = cls.load(data)
        object.__setattr__(value, "envelope", envelope)
        return value

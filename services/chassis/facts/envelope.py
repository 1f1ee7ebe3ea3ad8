"""The envelope around a fact: CloudEvents 1.0, binary mode, RabbitMQ binding.

Attributes travel as headers ``cloudEvents:<name>``, the body is the data as UTF-8 JSON, and ``message_id`` repeats the id so
that readers which know nothing of CloudEvents can drop copies too. Extensions: ``revision`` (the aggregate's, to order what
a retry brought out of order), ``correlationid`` (dossier or complaint all along), ``causationid`` (the message that led to
this one), ``traceparent`` (W3C).
"""

import uuid
from collections.abc import Mapping
from types import NoneType
from typing import Any, NamedTuple

from services.chassis.errors import Undecodable

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
PREFIX = "cloudEvents:"
# the CloudEvents AMQP binding allows this spelling too; other agencies' publishers use it
_OTHER_PREFIX = "cloudEvents_"
_TYPE_ROOT = "vn.vss"


class Envelope(NamedTuple):
    """CloudEvents attributes of one message."""

    id: uuid.UUID
    source: str
    type: str
    subject: str
    time: str
    revision: int = 1
    dataschema: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None

    def headers(self) -> dict[str, Any]:
        """Return the AMQP headers; attributes that are not set are left out."""
        headers: dict[str, Any] = {key: value for key, value in zip(_KEYS, self, strict=True) if value is not None}
        headers[_KEY["specversion"]] = SPEC_VERSION
        headers[_KEY["id"]] = str(self.id)
        return headers


#: what other agencies get. No correlation: it may be an account's id, and the matter is the subject
PUBLIC_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "revision", "dataschema")
_SCHEMAS, _EARLIER_SCHEMAS = "urn:vss:", "/vss/"
_KEY = {name: PREFIX + name for name in ("specversion", *Envelope._fields)}
_KEYS = tuple(_KEY[name] for name in Envelope._fields)


def type_of(service: str, fact: str, version: int) -> str:
    """Return the CloudEvents type, ``vn.vss.<service>.<fact>.v<version>``."""
    return f"{_TYPE_ROOT}.{service}.{fact}.v{version}"


def source_of(service: str) -> str:
    """Return the CloudEvents source of a service."""
    return f"/vss/{service}"


def schema_of(service: str, fact: str, version: int) -> str:
    """Return the URI of a fact's JSON Schema. It is absolute, as CloudEvents asks of ``dataschema``, and no address: see `schema_file`."""
    return f"{_SCHEMAS}{service}:facts:{fact}.v{version}"


def public_schema_of(schema: str) -> str:
    """Return the URI of the schema of a fact's public fields, given that of the whole fact."""
    if schema.startswith(_EARLIER_SCHEMAS):  # recorded by an earlier release, and perhaps sent again
        return f"{_EARLIER_SCHEMAS}public/{schema.removeprefix(_EARLIER_SCHEMAS)}"
    return f"{_SCHEMAS}public:{schema.removeprefix(_SCHEMAS)}"


def schema_file(schema: str) -> str:
    """Return where ``vss facts export`` puts the schema of this URI: ``registration/facts/declaration_submitted.v1.json``."""
    return schema.removeprefix(_SCHEMAS).replace(":", "/") + ".json"


def attribute(headers: Mapping[str, Any] | None, name: str) -> Any:
    """Return an attribute as it was sent, under either spelling that CloudEvents allows; None if there is none."""
    headers = headers or {}
    value = headers.get(_KEY[name])
    return value if value is not None else headers.get(_OTHER_PREFIX + name)


def parse(headers: Mapping[str, Any] | None, message_id: str | None) -> Envelope:
    """Parse the envelope of a received message.

    :raises Undecodable: if what identifies the message (id, type) is missing or unusable; the text names the attribute.
    """

    def text(name: str) -> str | None:
        value = attribute(headers, name)
        if value is None or isinstance(value, str):
            return value
        raise Undecodable(f"envelope: {name} is not text")

    raw_id = attribute(headers, "id") or message_id
    try:
        id_ = uuid.UUID(raw_id)
    except (ValueError, AttributeError, TypeError):  # it may be anything
        raise Undecodable("envelope: id is missing or no UUID") from None
    type_ = text("type")
    if not type_:
        raise Undecodable("envelope: type is missing")
    if (spec := attribute(headers, "specversion")) is not None and spec != SPEC_VERSION:
        raise Undecodable("envelope: specversion is not 1.0")
    revision = attribute(headers, "revision")
    if type(revision) not in (int, NoneType):  # not isinstance: a bool is an int
        raise Undecodable("envelope: revision is not a whole number")  # the message's type, not the caller's
    return Envelope(
        id=id_,
        source=text("source") or "",
        type=type_,
        subject=text("subject") or "",
        time=text("time") or "",
        revision=1 if revision is None else revision,
        dataschema=text("dataschema"),
        correlationid=text("correlationid"),
        causationid=text("causationid"),
        traceparent=text("traceparent"),
    )

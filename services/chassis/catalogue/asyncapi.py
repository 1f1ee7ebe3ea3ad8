"""AsyncAPI 3.0: what a service sends and receives, and what other agencies can subscribe to.

A channel is an exchange with a routing key, and carries every version of one fact. A document stands alone: it is the same
whichever other services are installed beside the one it describes.
"""

import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from services.chassis.bus import topology
from services.chassis.discovery import Service
from services.chassis.facts import jsonschema
from services.chassis.facts.declare import Fact, Reader
from services.chassis.facts.envelope import (
    CONTENT_TYPE,
    PREFIX,
    PUBLIC_ATTRIBUTES,
    Envelope,
    public_schema_of,
    schema_of,
    source_of,
    type_of,
)

Document = dict[str, Any]

#: version of the conventions (envelope, names, exchanges); facts have versions of their own
CONVENTIONS_VERSION = "1.0.0"
_BINDING_VERSION = "0.3.0"
_EXAMPLE_ID = uuid.UUID("019ab4d2-6c00-7000-8000-000000000001")
_EXAMPLE_TIME = "2026-11-21T01:15:00.000000Z"
_EXAMPLE_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_ENVELOPE: Document = json.loads(Path(__file__).with_name("envelope.json").read_text(encoding="utf-8"))
_PUBLIC_ENVELOPE: Document = _ENVELOPE | {
    "properties": {PREFIX + name: _ENVELOPE["properties"][PREFIX + name] for name in PUBLIC_ATTRIBUTES}
}


def of_service(service: type[Service]) -> Document:
    """Return the document of one service: an operation for each fact it sends and each it receives."""
    document = _Document(
        service.name,
        title=service.name,
        description=f"Facts that the service {service.name} sends, and those it receives on its queue "
        f"{topology.inbound_queue(service.name)}. Its public facts are in the document of the public feed.",
    )
    for fact in service.publishes:
        schema = jsonschema.full(service.name, fact)
        channel = document.channel(service.name, fact.fact_name, topology.events_exchange(service.name), fact.fact_name)
        document.message("send", channel, fact, _envelope_of(service.name, fact), schema)
    for reader in service.reads:
        exchange = topology.events_exchange(reader.service)
        channel = document.channel(reader.service, reader.fact_name, exchange, reader.fact_name)
        about = {"title": f"What {service.name} reads of it", "description": "Other fields are ignored."}
        document.message("receive", channel, reader, None, about | jsonschema.of_fields(reader))
    return document.content


def of_public_feed(services: Iterable[type[Service]]) -> Document:
    """Return the document for other agencies: public fields only, on an exchange to bind a queue to and on a replayable stream."""
    document = _Document(
        "public",
        title="public feed",
        envelope=_PUBLIC_ENVELOPE,
        description=f"Facts for other agencies, reduced to public fields. Bind a queue of your own to {topology.PUBLIC_EXCHANGE}, "
        f"or read the stream {topology.PUBLIC_STREAM} from any offset.",
    )
    stream = document.stream()
    for service in services:
        for fact in service.publishes:
            if (schema := jsonschema.public(service.name, fact)) is None:
                continue
            key = f"{service.name}.{fact.fact_name}"
            channel = document.channel(service.name, fact.fact_name, topology.PUBLIC_EXCHANGE, key)
            envelope = _envelope_of(service.name, fact, is_public=True)
            document.message("send", channel, fact, envelope, schema, also_on=stream)
    return document.content


class _Document:
    """Builds a document whose channels, operations and messages refer to each other by name."""

    def __init__(self, name: str, *, title: str, description: str, envelope: Document = _ENVELOPE) -> None:
        self.content: Document = {
            "asyncapi": "3.0.0",
            "id": f"urn:vn:vss:{name}",
            "info": {
                "title": f"Vietnam Social Security: {title}",
                "version": CONVENTIONS_VERSION,
                "description": description,
            },
            "defaultContentType": CONTENT_TYPE,
            "channels": {},
            "operations": {},
            "components": {"messages": {}, "schemas": {"envelope": envelope}},
        }

    def channel(self, service: str, fact: str, exchange: str, routing_key: str) -> str:
        at = {"name": exchange, "type": "topic", "durable": True, "autoDelete": False}
        return self._channel(f"{service}.{fact}", routing_key, f"{fact} of {service}", {"is": "routingKey", "exchange": at})

    def stream(self) -> str:
        name = topology.PUBLIC_STREAM
        at = {"name": name, "durable": True, "exclusive": False, "autoDelete": False}
        return self._channel(name, name, "All public facts, kept for replay", {"is": "queue", "queue": at})

    def _channel(self, name: str, address: str, title: str, binding: Document) -> str:
        channel = {"address": address, "title": title, "messages": {}, "bindings": _amqp(binding)}
        self.content["channels"].setdefault(name, channel)
        return name

    def message(
        self,
        action: str,
        channel: str,
        declared: type[Fact] | type[Reader],
        envelope: Envelope | None,
        schema: Document,
        *,
        also_on: str | None = None,
    ) -> None:
        name = f"{channel}.v{declared.version}"
        # a service may read a fact of its own: what it sends of it is the fuller description
        self.content["components"]["messages"].setdefault(name, _message(name, channel, declared, envelope, schema))
        for key in filter(None, (channel, also_on)):
            self.content["channels"][key]["messages"][name] = {"$ref": f"#/components/messages/{name}"}
            operation = self.content["operations"].setdefault(
                f"{action}.{key}",
                {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{key}"},
                    "messages": [],
                    "bindings": _amqp({"deliveryMode": 2, "mandatory": True} if action == "send" else {"ack": True}),
                },
            )
            operation["messages"].append({"$ref": f"#/channels/{key}/messages/{name}"})
            operation["messages"].sort(key=lambda ref: ref["$ref"])


def _message(
    name: str, channel: str, declared: type[Fact] | type[Reader], envelope: Envelope | None, schema: Document
) -> Document:
    service = channel.partition(".")[0]
    happened = jsonschema.what_happened(declared)
    message: Document = {
        "name": name,
        "title": f"{declared.fact_name} v{declared.version}",
        "summary": happened.partition("\n")[0],
        "description": happened,
        "contentType": CONTENT_TYPE,
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {
                    "type": "object",
                    "properties": {
                        PREFIX + "source": {"const": source_of(service)},
                        PREFIX + "type": {"const": type_of(service, declared.fact_name, declared.version)},
                    },
                },
            ]
        },
        # identity, title and examples stand beside the payload here
        "payload": {k: v for k, v in schema.items() if k not in {"$schema", "$id", "examples"}},
    }
    if envelope is None or envelope.correlationid:
        message["correlationId"] = {"location": f"$message.header#/{PREFIX}correlationid"}
    if envelope is not None:
        message["examples"] = [{"name": "example", "headers": envelope.headers(), "payload": schema["examples"][0]}]
    return message


def _envelope_of(service: str, fact: type[Fact], *, is_public: bool = False) -> Envelope:
    uri = schema_of(service, fact.fact_name, fact.version)
    subject = str(fact.example[fact.subject_field])
    return Envelope(
        id=_EXAMPLE_ID,
        source=source_of(service),
        type=type_of(service, fact.fact_name, fact.version),
        subject=subject,
        time=_EXAMPLE_TIME,
        dataschema=public_schema_of(uri) if is_public else uri,
        revision=1,
        correlationid=None if is_public else subject,
        traceparent=None if is_public else _EXAMPLE_TRACE,
    )


def _amqp(binding: Document) -> Document:
    return {"amqp": {**binding, "bindingVersion": _BINDING_VERSION}}

"""From bytes to a reader's value: what a service can read, and why it cannot read the rest."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import amqp

from services.chassis.bus.frames import RAW_PROPERTIES_HEADER
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import doubt
from services.chassis.database import ServiceSession
from services.chassis.errors import InvalidFact, Undecodable
from services.chassis.facts import Reader
from services.chassis.facts import envelope as envelopes
from services.chassis.facts.envelope import Envelope

#: a handler reads one message, changes its own database and records the facts that follow. Nothing else (law 2)
Handler = Callable[[ServiceSession, Any], None]
Handlers = Mapping[type[Reader], Handler]


class Unreadable(Exception):  # noqa: N818  # what became of a message, not a fault of the program
    """The message can never be handled as it is."""

    def __init__(self, reason: Reason, error: str) -> None:
        self.reason = reason
        self.error = error
        super().__init__(error)


@dataclass(frozen=True, slots=True)
class Readable:
    """A message that was understood."""

    message: amqp.Message
    envelope: Envelope
    fact: Reader
    handler: Handler


class Reading:
    """What ``service`` reads: its map message → function, keyed by the type that stands in the envelope."""

    def __init__(self, service: str, handlers: Handlers) -> None:
        self._service = service
        self._by_type = {
            envelopes.type_of(reader.service, reader.fact_name, reader.version): (reader, handler)
            for reader, handler in handlers.items()
        }
        self._versions: dict[str, list[int]] = {}
        for reader in handlers:
            stem = envelopes.type_of(reader.service, reader.fact_name, 0).removesuffix("0")
            self._versions.setdefault(stem, []).append(reader.version)

    @property
    def types(self) -> Collection[str]:
        """Return the types of the facts that it reads, as they stand in the envelope."""
        return self._by_type.keys()

    def decode(self, message: amqp.Message, exchange: str) -> Readable:
        """Understand ``message``, and believe it only from the exchange of the service that tells this fact.

        :param exchange: by which it came (``provenance.way_of``).
        :raises Unreadable: with the reason to park it for.
        """
        try:
            if RAW_PROPERTIES_HEADER in (message.headers or {}):
                raise Undecodable("properties: not in a form that can be read")
            envelope = envelopes.parse(message.headers, message.properties.get("message_id"))
            found = self._by_type.get(envelope.type)
            about = found[0].service if found else None
            if why := doubt(message.headers, exchange, self._service, about):
                raise Unreadable(Reason.FORGED, why)
            if found is None:
                raise self._unknown(envelope.type)
            reader, handler = found
            return Readable(message, envelope, reader.read(parse_body(message.body), envelope), handler)
        except Undecodable as error:
            raise Unreadable(Reason.UNDECODABLE, str(error)) from None
        except InvalidFact as error:
            raise Unreadable(Reason.INVALID, str(error)) from None
        except Unreadable:
            raise
        except Exception as error:
            # a field that fails in a way marshmallow does not expect: whatever it is, it is about this message
            raise Unreadable(Reason.INVALID, f"{type(error).__name__} while the fields were read") from None

    def _unknown(self, type_: str) -> Unreadable:
        stem, _, version = type_.rpartition(".v")
        if (known := self._versions.get(f"{stem}.v")) and version:
            versions = ", ".join(f"v{v}" for v in sorted(known))
            return Unreadable(Reason.UNKNOWN_VERSION, f"{type_}: this service reads {versions}")
        return Unreadable(Reason.UNKNOWN_TYPE, f"{type_}: this service does not read it")


def _no_json(constant: str) -> Any:
    raise Undecodable(f"body: {constant} is not JSON")


_parse = json.JSONDecoder(parse_constant=_no_json).decode


def parse_body(body: bytes | str | memoryview) -> dict[str, Any]:
    """Return the JSON object that ``body`` holds.

    :raises Undecodable: saying where it fails to be one.
    """
    try:
        text = body if isinstance(body, str) else str(body, "utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable(f"body: not UTF-8 at byte {error.start}") from None
    try:
        data = _parse(text)
    except json.JSONDecodeError as error:
        raise Undecodable(f"body: not JSON at line {error.lineno} column {error.colno}") from None
    except ValueError:
        # Python converts no integer of more than 4,300 digits
        raise Undecodable("body: a number is too long") from None
    except RecursionError:
        raise Undecodable("body: nested too deeply") from None
    if not isinstance(data, dict):
        raise Undecodable(f"body: a JSON object was expected, not {type(data).__name__}")
    return data

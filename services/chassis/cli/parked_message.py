"""One message in a parking queue: what it is, why it is there, and its way back.

Everything here copes with anything: what is parked is what somebody could not read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pika
from pika.delivery_mode import DeliveryMode

from services.chassis import clock
from services.chassis.bus.forward import LEFT_OUT_HEADER
from services.chassis.bus.frames import RAW_PROPERTIES_HEADER
from services.chassis.bus.parking import ERROR_HEADER, PARKED_AT_HEADER, REASON_HEADER
from services.chassis.bus.retry import ATTEMPTS_HEADER, FIRST_SEEN_HEADER
from services.chassis.bus.topology import inbound_queue
from services.chassis.cli.tables import Verbatim, sendable
from services.chassis.facts.envelope import CONTENT_TYPE, PREFIX

REPLAYS_HEADER = "vss-replays"
EDITED_AT_HEADER = "vss-edited-at"
NO_ID = "no-id"
_OWN = "vss-"
_OTHER_PREFIX = "cloudEvents_"
_KEPT_PROPERTIES = (
    "content_type", "content_encoding", "priority", "correlation_id", "reply_to", "message_id", "timestamp", "type", "app_id",
)  # fmt: skip
#: the end of the year 9999
_LAST_TIMESTAMP = 253_402_300_799
_MANY = 1_000_000_000
#: what a broker writes for itself. Sent again it would mislead it: a message that once died in a queue counts as running in
#: a circle and is thrown away, and CC or BCC send copies to whomever they name
_BROKERS_OWN = frozenset({"x-death", "x-delivery-count", "x-acquired-count", "x-opt-delivery-failed", "CC", "BCC"})
_BROKERS_OWN_PREFIXES = ("x-first-death-", "x-last-death-")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of a message and all its copies; holds no body, so that a million fit in memory."""

    key: bytes
    name: str
    id: str
    type: str
    reason: str
    error: str
    subject: str
    attempts: int
    replays: int
    first_seen: datetime | None
    parked_at: datetime | None
    size_bytes: int
    edited: bool
    copies: int = 1

    @property
    def messages(self) -> int:
        """How many messages this stands for: without an id nobody can say that two equal ones are the same."""
        return 1 if self.id else self.copies

    def with_copy(self, other: "Summary") -> "Summary":
        """The same after another copy was met; the one parked last says why it is here."""
        last = other if _later(other.parked_at, self.parked_at) else self
        return replace(
            last,
            copies=self.copies + other.copies,
            attempts=max(self.attempts, other.attempts),
            first_seen=min((t for t in (self.first_seen, other.first_seen) if t), default=None),
        )


@dataclass(frozen=True)
class Parked:
    """A message as it came from a parking queue; ``tag`` is what it is acked by."""

    tag: int
    service: str
    properties: pika.BasicProperties
    body: bytes

    @property
    def headers(self) -> Mapping[str, Any]:
        """The headers as they were sent, and ours."""
        return self._whole.headers or {}

    @cached_property
    def _whole(self) -> pika.BasicProperties:
        """The properties; what the service could not read of them it has put aside in one header, as it came."""
        headers = dict(self.properties.headers or {})
        aside = headers.pop(RAW_PROPERTIES_HEADER, None)
        raw = aside.text if isinstance(aside, Verbatim) else aside.encode() if isinstance(aside, str) else None
        if raw is None:
            return self.properties
        whole = pika.BasicProperties()
        try:
            whole.decode(raw)
        except Exception:
            # somebody else's header of that name: as good as any other
            return self.properties
        whole.headers = {**(whole.headers or {}), **headers}
        return whole

    @cached_property
    def key(self) -> bytes:
        """Equal for copies of one message, and only for those.

        An edited message is another one than its original; so is one that was replayed and failed again: taken for a copy
        of what is just being replayed it would be acked, and lost.
        """
        digest = hashlib.sha256(self.body)
        replays = _count(self.headers.get(REPLAYS_HEADER))
        digest.update(f"\0{self.id}\0{self.type}\0{replays}".encode(errors="surrogatepass"))
        return digest.digest()

    @cached_property
    def id(self) -> str:
        """The message's id; empty if it has none."""
        return _text(self.attribute("id")) or _text(self._whole.message_id)

    @property
    def name(self) -> str:
        """What a person calls this very message by: its id, and a mark that tells apart what has the same one."""
        return f"{self.id or NO_ID}#{self.key.hex()[:8]}"

    @property
    def type(self) -> str:
        """The type that stands in the envelope; may be empty, and anything."""
        return _text(self.attribute("type"))

    def attribute(self, name: str) -> Any:
        """An attribute of the envelope, under either spelling that CloudEvents allows."""
        value = self.headers.get(PREFIX + name)
        return self.headers.get(_OTHER_PREFIX + name) if value is None else value

    def summary(self) -> Summary:
        """What a list shows of it."""
        reason, error, parked_at = self._why()
        return Summary(
            key=self.key,
            name=self.name,
            id=self.id,
            type=self.type,
            reason=reason,
            error=error,
            subject=_text(self.attribute("subject")),
            attempts=_count(self.headers.get(ATTEMPTS_HEADER)),
            replays=_count(self.headers.get(REPLAYS_HEADER)),
            first_seen=_time(self.headers.get(FIRST_SEEN_HEADER)) or parked_at or _time(self.attribute("time")),
            parked_at=parked_at,
            size_bytes=len(self.body),
            edited=EDITED_AT_HEADER in self.headers,
        )

    def replayed(self) -> tuple[bytes, pika.BasicProperties]:
        """Body and properties for another go through the inbound queue: nothing of the parking is left but its count.

        Headers that no service can read are left out; the rest may well be enough.
        """
        headers = {k: v for k, v in self._clean_headers().items() if not str(k).startswith(_OWN) and _is_readable(v)}
        headers[REPLAYS_HEADER] = _count(self.headers.get(REPLAYS_HEADER)) + 1
        return self.body, self._properties(headers)

    def edited(self, body: bytes) -> tuple[bytes, pika.BasicProperties]:
        """Another body under the same id, still parked for the same reason."""
        reason, error, parked_at = self._why()
        headers = self._clean_headers()
        headers |= {REASON_HEADER: reason, ERROR_HEADER: error, EDITED_AT_HEADER: _rfc3339(clock.now())}
        if parked_at:
            headers[PARKED_AT_HEADER] = _rfc3339(parked_at)
        properties = self._properties(headers)
        properties.content_type, properties.content_encoding = CONTENT_TYPE, None
        return body, properties

    def _why(self) -> tuple[str, str, datetime | None]:
        """Reason, error and time of the parking; the broker itself parks without our headers."""
        if reason := _text(self.headers.get(REASON_HEADER)):
            return reason, _text(self.headers.get(ERROR_HEADER)), _time(self.headers.get(PARKED_AT_HEADER))
        deaths = self.headers.get("x-death")
        deaths = [d for d in deaths if isinstance(d, Mapping)] if isinstance(deaths, list) else []
        inbound = inbound_queue(self.service)
        death = next((d for d in deaths if d.get("queue") == inbound), deaths[0] if deaths else {})
        reason = _text(death.get("reason")) or "unknown"
        return reason, _WORDS.get(reason, "parked by the broker"), _time(death.get("time"))

    def _clean_headers(self) -> dict[str, Any]:
        return {k: v for k, v in self.headers.items() if not is_brokers_own(k)}

    def _properties(self, headers: dict[str, Any]) -> pika.BasicProperties:
        # left out on purpose: `expiration` would delete it while it waits, `user_id` must be that of the connection; and what
        # is no text, or no time, no service could read
        values = {name: getattr(self._whole, name) for name in _KEPT_PROPERTIES}
        kept = {name: value for name, value in values.items() if not isinstance(value, bytes)}
        if (kept["timestamp"] or 0) > _LAST_TIMESTAMP:
            del kept["timestamp"]
        headers, left_out = sendable(headers)
        if left_out:
            headers[LEFT_OUT_HEADER] = left_out + _count(headers.get(LEFT_OUT_HEADER))
        return pika.BasicProperties(headers=headers, delivery_mode=DeliveryMode.Persistent, **kept)


def is_brokers_own(header: Any) -> bool:
    """Whether the broker wrote this header, or obeys it."""
    return header in _BROKERS_OWN or str(header).startswith(_BROKERS_OWN_PREFIXES)


_WORDS = {
    "delivery_limit": "the broker gave up: delivered too often without an answer. Does it make the service crash?",
    "unknown": "no reason is written on it: who put it here?",
}


def _rfc3339(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return min(int(value), _MANY) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(time, datetime):
        return None
    try:
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _is_readable(value: Any) -> bool:
    if isinstance(value, Verbatim):
        return value.kind == b"S"
    if isinstance(value, Mapping):
        return all(_is_readable(item) for item in value.values())
    return not isinstance(value, list) or all(_is_readable(item) for item in value)


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)

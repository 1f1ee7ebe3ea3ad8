"""A message that arrived, as it is sent on: to a retry queue, or to the parking queue where a person looks at it.

Whatever came in must be able to go out again, or a message that nobody can put away would come back for ever: what py-amqp
can read but not write, or what fits into a frame only without our own headers, is left out and counted.
"""

from collections.abc import Mapping
from typing import Any

import amqp
from amqp.serialization import dumps

from services.chassis.bus.publisher import Outgoing

LEFT_OUT_HEADER = "vss-headers-left-out"
#: what a message says about itself besides its headers. Not `expiration` (it must not vanish), nor `user_id` (it was another's)
_KEPT_PROPERTIES = ("content_encoding", "correlation_id", "reply_to", "timestamp", "type", "app_id")
#: the broker would send a copy to every queue named here, as it did when the message came
_COPIES = ("CC", "BCC")
#: headers travel in one frame of at most 128 KiB, together with the other properties and what we add
_MOST_HEADER_BYTES = 96 * 1024
_DEEPEST = 32


def forward(message: amqp.Message, queue: str, headers: Mapping[str, Any]) -> Outgoing:
    """``message`` with its body as it came, to ``queue``, with ``headers`` in place of its own."""
    body, properties = message.body, message.properties
    return Outgoing(
        exchange="",
        routing_key=queue,
        body=body.encode() if isinstance(body, str) else bytes(body),
        headers=_sendable({name: value for name, value in headers.items() if name not in _COPIES}),
        message_id=str(properties.get("message_id") or ""),
        content_type=str(properties.get("content_type") or "application/octet-stream"),
        more={name: properties[name] for name in _KEPT_PROPERTIES if properties.get(name) is not None},
    )


def _sendable(headers: Mapping[str, Any]) -> dict[str, Any]:
    if _size(headers) <= _MOST_HEADER_BYTES:
        return dict(headers)
    sizes = {name: _size({name: value}) for name, value in headers.items()}
    kept: dict[str, Any] = {}
    room: float = _MOST_HEADER_BYTES
    # the small ones first: ours, and those of the envelope
    for name in sorted(sizes, key=lambda name: sizes[name]):
        if sizes[name] <= room:
            room -= sizes[name]
            kept[name] = headers[name]
    return {**kept, LEFT_OUT_HEADER: len(headers) - len(kept)}


def _size(headers: Mapping[Any, Any]) -> float:
    """Bytes on the wire; infinite for what cannot be written (nested too deeply, a type that only reading knows)."""
    if not _is_shallow(headers, _DEEPEST):
        return float("inf")
    try:
        return len(dumps("F", [headers]))
    except Exception:
        return float("inf")


def _is_shallow(value: Any, levels: int) -> bool:
    """Whether writing ``value`` is safe wherever the stack stands: py-amqp writes by recursion."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return True
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in value)

"""Reading frames without falling over a message's properties.

AMQP lets a publisher send properties that py-amqp cannot decode: text that is no UTF-8, a time beyond the year 9999, tables
nested a thousand deep. py-amqp then raises in the thread that reads the socket, before anybody sees the message: it would be
delivered again and again, and take every other message of the connection with it.
"""

import struct
from collections.abc import Callable
from typing import Any

import amqp
from amqp.exceptions import FrameSyntaxError
from amqp.method_framing import frame_handler

#: holds the properties as they came, for whoever looks at the parked message
RAW_PROPERTIES_HEADER = "vss-unreadable-properties"
_HEADER_FRAME = 2
_FIXED = 12  # class, weight and size of the body come before the properties
_HAS_HEADERS = 0x2000
#: everything that decoding can raise. An OSError: what the platform says to a time it cannot tell
_UNREADABLE = (ValueError, ArithmeticError, RecursionError, LookupError, OSError, TypeError, struct.error, FrameSyntaxError)

Frame = tuple[int, int, bytes]


def tolerant_frames(connection: amqp.Connection, callback: Callable[..., Any]) -> Callable[[Frame], Any]:
    """py-amqp's ``frame_handler``, for a connection that other people's messages come through."""
    read = frame_handler(connection, callback)

    def on_frame(frame: Frame) -> Any:
        try:
            return read(frame)
        except _UNREADABLE:
            kind, channel, payload = frame
            if kind != _HEADER_FRAME:
                raise
            payload = bytes(payload)
            return read((kind, channel, payload[:_FIXED] + _only_raw(payload[_FIXED:])))

    return on_frame


def _only_raw(properties: bytes) -> bytes:
    """Properties with one header that holds ``properties`` themselves."""
    name = RAW_PROPERTIES_HEADER.encode()
    table = struct.pack(">B", len(name)) + name + b"S" + struct.pack(">I", len(properties)) + properties
    return struct.pack(">HI", _HAS_HEADERS, len(table)) + table

"""Frames whose properties no client can decode are read all the same."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.bus.frames import RAW_PROPERTIES_HEADER, tolerant_frames
from tests.stand import raw

few = settings(max_examples=60)

_DELIVER = struct.pack(">HH", 60, 60)


def read(properties: bytes, body: bytes = b"{}") -> Any:
    """What a message with these properties becomes."""
    received: list[Any] = []
    on_frame = tolerant_frames(SimpleNamespace(bytes_recv=0), lambda *frame: received.append(frame[-1]))
    on_frame((1, 1, _DELIVER + b"..."))
    on_frame((2, 1, struct.pack(">HHQ", 60, 0, len(body)) + properties))
    if body:
        on_frame((3, 1, body))
    (message,) = received
    return message


def test_properties_that_can_be_decoded_are() -> None:
    message = read(raw.properties({b"a": raw.number("l", 7)}, content_type=b"text/x", message_id=b"m"))
    assert message.properties == {"content_type": "text/x", "message_id": "m", "application_headers": {"a": 7}}
    assert bytes(message.body) == b"{}"


@pytest.mark.parametrize(
    "properties",
    [
        raw.properties(content_type=b"\xff"),
        raw.properties(message_id=b"\xc3\x28"),
        raw.properties({b"at": raw.number("T", 2**63)}),
        raw.properties({b"deep": raw.nested(5_000)}),
        raw.properties({b"what": raw.Item(b"?", b"")}),
        b"\xa0",
        b"\x20\x00\x00\x00\x00\x09\x01",
    ],
)
@pytest.mark.parametrize("body", [b"{}", b""])
def test_properties_that_cannot_be_are_kept_as_they_came(properties: bytes, body: bytes) -> None:
    message = read(properties, body)
    kept = message.headers[RAW_PROPERTIES_HEADER]
    assert (kept.encode() if isinstance(kept, str) else kept) == properties
    assert bytes(message.body or b"") == body


@few
@given(st.binary(max_size=60))
def test_any_properties_are_read_somehow(properties: bytes) -> None:
    assert bytes(read(properties).body) == b"{}"


def test_a_fault_of_another_kind_of_frame_is_not_hidden() -> None:
    on_frame = tolerant_frames(SimpleNamespace(bytes_recv=0), lambda *_: None)
    with pytest.raises(struct.error):
        on_frame((1, 1, b""))

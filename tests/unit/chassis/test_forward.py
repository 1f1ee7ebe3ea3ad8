"""A message is sent on as it came, and whatever came can be sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import amqp
import pytest
from amqp.serialization import dumps, loads
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.bus.forward import LEFT_OUT_HEADER, forward

few = settings(max_examples=60, deadline=None)

_FRAME = 131_072


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_body_id_and_what_a_message_says_about_itself_are_kept() -> None:
    kept = {"content_encoding": "utf-16", "correlation_id": "c", "reply_to": "r", "timestamp": 1, "type": "t", "app_id": "a"}
    message = amqp.Message(b"\xff\x00", content_type="text/x", message_id="m", **kept)
    sent = forward(message, "desk.parked", {"a": 1})
    assert sent == ("", "desk.parked", b"\xff\x00", {"a": 1}, "m", "text/x", kept)


def test_what_would_make_it_vanish_go_astray_or_be_refused_is_not_kept() -> None:
    message = amqp.Message(b"", expiration="1", user_id="somebody", cluster_id="x", priority=9)
    sent = forward(message, "desk.parked", {"CC": ["desk.in.v1"], "BCC": ["desk.in.v1"], "a": 1})
    assert not sent.more
    assert sent.headers == {"a": 1}


def test_a_message_without_properties_can_be_sent_on() -> None:
    sent = forward(amqp.Message(b""), "q", {})
    assert (sent.message_id, sent.content_type) == ("", "application/octet-stream")


@pytest.mark.parametrize(
    "bad", [nested(33), nested(5_000), "x" * 120_000, {"a" * 300: 1}, object(), memoryview(b"x"), 2**70]
)
def test_a_header_that_cannot_be_sent_is_left_out_and_counted(bad: object) -> None:
    sent = forward(amqp.Message(b"{}"), "q", {"vss-attempts": 1, "bad": bad, "cloudEvents:id": "1"})
    assert sent.headers == {"vss-attempts": 1, "cloudEvents:id": "1", LEFT_OUT_HEADER: 1}


def test_of_many_headers_the_small_ones_are_kept() -> None:
    headers: dict[str, Any] = {f"large-{n}": "x" * 30_000 for n in range(5)} | {f"small-{n}": "x" for n in range(50)}
    sent = forward(amqp.Message(b"{}"), "q", headers)
    assert {f"small-{n}" for n in range(50)} <= sent.headers.keys()
    assert sent.headers[LEFT_OUT_HEADER] == 2
    assert len(dumps("F", [sent.headers])) < _FRAME - 10_000


_names = st.text(max_size=20) | st.binary(max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.binary(max_size=30)
    | st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1))  # noqa: DTZ001  # as py-amqp has them
    | st.builds(lambda n, d: Decimal(n).scaleb(-d), st.integers(-(2**31), 2**31 - 1), st.integers(0, 255)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)


@few
@given(st.dictionaries(_names.filter(lambda name: name not in ("CC", "BCC")), _values, max_size=8))
def test_any_headers_that_py_amqp_reads_can_be_sent_on(headers: dict[Any, Any]) -> None:
    sent = forward(amqp.Message(b"{}"), "q", headers).headers
    assert LEFT_OUT_HEADER in sent or sent == headers
    (read,), _ = loads("F", dumps("F", [sent]), 0)
    assert len(read) <= len(sent)

"""What a parked message says of itself, however odd, and the way back that it gets."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

import pika
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pika import data

from services.chassis.cli import tables
from services.chassis.cli.parked_message import Parked
from services.chassis.cli.tables import Verbatim

FULL = {
    "cloudEvents:id": "0190-aa",
    "cloudEvents:type": "vn.vss.registration.declaration_submitted.v1",
    "vss-parked-reason": "handler_error",
    "vss-parked-error": "KeyError: 'office'",
    "vss-attempts": 3,
    "vss-first-seen": "2026-11-20T12:00:00.000+00:00",
    "vss-parked-at": "2026-11-21T12:00:00.000+00:00",
}


def parked(headers: dict[Any, Any] | None, body: bytes = b"{}", **properties: Any) -> Parked:
    return Parked(1, "verification", pika.BasicProperties(headers=headers, **properties), body)


def death(queue: str, reason: str, hour: int) -> dict[str, Any]:
    return {"queue": queue, "reason": reason, "count": 1, "time": datetime(2026, 11, 21, hour, tzinfo=UTC)}


def test_what_the_subscriber_wrote_on_it_is_read() -> None:
    summary = parked(FULL).summary()
    assert (summary.id, summary.reason, summary.error) == ("0190-aa", "handler_error", "KeyError: 'office'")
    assert (summary.attempts, summary.replays, summary.edited) == (3, 0, False)
    assert summary.first_seen == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_broker_s_own_parking_is_read_from_where_the_message_died() -> None:
    deaths = [death("verification.retry.5s", "expired", 9), death("verification.in.v1", "delivery_limit", 10)]
    summary = parked({"x-death": deaths, "vss-attempts": 1}, message_id="m").summary()
    assert (summary.id, summary.reason, summary.attempts) == ("m", "delivery_limit", 1)
    assert summary.parked_at == summary.first_seen == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_our_own_headers_go_before_the_broker_s() -> None:
    assert parked(FULL | {"x-death": [death("verification.retry.5s", "expired", 9)]}).summary().reason == "handler_error"


def test_a_message_of_unknown_origin_says_so() -> None:
    summary = parked(None).summary()
    assert (summary.id, summary.type, summary.reason) == ("", "", "unknown")
    assert summary.name.startswith("no-id#")


odd = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FULL, "x-death", "vss-replays", "cloudEvents_id", b"\xff"]), odd), st.binary())
def test_nothing_in_a_message_makes_it_unreadable(headers: dict[Any, Any], body: bytes) -> None:
    message = parked(headers, body)
    assert message.summary().name
    assert message.replayed()[1].headers["vss-replays"] >= 1
    assert message.edited(b"{}")[1].headers["vss-parked-reason"]


def test_a_replay_takes_along_what_the_publisher_wrote_and_nothing_of_the_broker_s_or_ours() -> None:
    body, properties = parked(
        FULL
        | {
            "x-death": [death("verification.in.v1", "delivery_limit", 10)],
            "x-first-death-reason": "delivery_limit",
            "x-last-death-queue": "q",
            "x-delivery-count": 7,
            "CC": ["elsewhere"],
            "BCC": ["elsewhere"],
            "x-agency": "tax",
            "vss-edited-at": "2026-11-21T12:00:00.000+00:00",
        },
        b"\xff",
        message_id="m",
        correlation_id="c",
        expiration="1000",
        user_id="somebody",
        delivery_mode=1,
    ).replayed()
    assert body == b"\xff"
    assert properties.headers == {k: FULL[k] for k in ("cloudEvents:id", "cloudEvents:type")} | {
        "x-agency": "tax",
        "vss-replays": 1,
    }
    assert (properties.message_id, properties.correlation_id, properties.delivery_mode) == ("m", "c", 2)
    assert (properties.expiration, properties.user_id) == (None, None)


def test_what_the_service_could_not_read_is_read_from_where_it_put_it_aside_and_replayed_without_it() -> None:
    tables.install()
    late = Verbatim(b"T", (1_763_768_700_000).to_bytes(8, "big"))
    sent = pika.BasicProperties(
        headers={"cloudEvents:id": "0190-aa", "cloudEvents:type": "vn.vss.a.b.v1", "late": late, "list": [{"a": late}]},
        correlation_id="c",
        message_id=b"\xff",
        timestamp=2**63,
    )
    aside = Verbatim(b"S", struct.pack(">I", len(raw := b"".join(sent.encode()))) + raw)
    message = parked({"vss-unreadable-properties": aside, "vss-parked-reason": "undecodable", "vss-parked-error": "time"})

    assert (message.id, message.summary().reason, message.type) == ("0190-aa", "undecodable", "vn.vss.a.b.v1")
    _, properties = message.replayed()
    assert properties.headers == {"cloudEvents:id": "0190-aa", "cloudEvents:type": "vn.vss.a.b.v1", "vss-replays": 1}
    assert (properties.correlation_id, properties.message_id, properties.timestamp) == ("c", None, None)


@pytest.mark.parametrize("aside", ["", "text", 5, None, Verbatim(b"S", b"\0\0\0\3\xff\xff\xff")])
def test_a_header_of_that_name_that_somebody_else_wrote_is_a_header(aside: Any) -> None:
    assert parked({"vss-unreadable-properties": aside}, message_id="m").id == "m"


def test_headers_that_fill_a_frame_are_left_out_from_the_largest_on_and_counted() -> None:
    huge = {"a": "x" * 60_000, "b": "x" * 50_000, "c": "x" * 20_000}
    _, properties = parked({**huge, "cloudEvents:id": "0190-aa"}).replayed()
    assert properties.headers == {
        "cloudEvents:id": "0190-aa",
        "b": huge["b"],
        "c": huge["c"],
        "vss-replays": 1,
        "vss-headers-left-out": 1,
    }


def test_a_header_that_cannot_be_written_is_left_out() -> None:
    _, properties = parked({"unwritable": 2**64, "k" * 256: 1, "cloudEvents:id": "0190-aa"}).replayed()
    assert properties.headers == {"cloudEvents:id": "0190-aa", "vss-replays": 1, "vss-headers-left-out": 2}


def test_an_edited_message_stays_parked_for_what_it_was_parked_for() -> None:
    deaths = [death("verification.in.v1", "delivery_limit", 10)]
    _, properties = parked({"x-death": deaths}, message_id="m", content_encoding="utf-16").edited(b"{}")
    assert properties.headers["vss-parked-reason"] == "delivery_limit"
    assert properties.headers["vss-parked-at"] == "2026-11-21T10:00:00.000+00:00"
    assert "x-death" not in properties.headers
    assert (properties.message_id, properties.content_encoding) == ("m", None)


def test_copies_are_equal_and_nothing_else_is() -> None:
    original = parked(FULL)
    assert original.key == parked(FULL | {"vss-parked-at": "2026-11-22T12:00:00+00:00", "vss-attempts": 4}).key
    others = [
        parked(FULL, b"{ }"),
        parked(FULL | {"cloudEvents:id": "0190-bb"}),
        parked(FULL | {"cloudEvents:type": "vn.vss.registration.declaration_submitted.v2"}),
        # it was replayed and failed again: acked as a copy of the one being replayed it would be lost
        parked(FULL | {"vss-replays": 1}),
    ]
    assert len({m.key for m in [original, *others]}) == 5


def test_of_copies_the_last_parking_counts_and_the_first_sight() -> None:
    one = parked(FULL).summary()
    later = parked(
        FULL
        | {
            "vss-parked-reason": "retries_exhausted",
            "vss-first-seen": "2026-11-21T00:00:00+00:00",
            "vss-parked-at": "2026-11-22T12:00:00+00:00",
        }
    ).summary()
    for both in (one.with_copy(later), later.with_copy(one)):
        assert (both.reason, both.copies, both.messages) == ("retries_exhausted", 2, 1)
        assert both.first_seen == one.first_seen


# Header tables


def test_what_pika_reads_wrongly_is_read_and_written_as_it_is() -> None:
    tables.install()
    late = Verbatim(b"T", (1_763_768_700_000).to_bytes(8, "big"))
    half, infinite = 0.5, float("inf")
    table = {
        "late": late,
        "half": half,
        "inf": infinite,
        "raw": Verbatim(b"S", b"\0\0\0\1\xff"),
        "list": [late, {"a": half}],
    }
    pieces: list[bytes] = []
    data.encode_table(pieces, table)
    encoded = b"".join(pieces)
    assert data.decode_table(encoded, 0) == (table, len(encoded))
    assert str(late) == "a time 1763768700000 s after 1970"


def test_a_table_nested_beyond_reason_is_carried_along_unread() -> None:
    tables.install()
    deep = struct.pack(">I", 0)
    for _ in range(5_000):
        deep = struct.pack(">I", len(deep) + 3) + b"\x01aF" + deep
    table, end = data.decode_table(deep, 0)
    pieces: list[bytes] = []
    data.encode_table(pieces, table)
    assert (end, b"".join(pieces)) == (len(deep), deep)


@pytest.mark.parametrize("kind", [b"d", b"f"])
def test_no_number_is_one_too(kind: bytes) -> None:
    tables.install()
    value, _ = data.decode_value(kind + struct.pack(f">{kind.decode()}", float("nan")), 0)
    assert value != value

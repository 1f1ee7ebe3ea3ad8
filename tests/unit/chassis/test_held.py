"""What the row of a held message holds, and by which key a message is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import amqp
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.bus import held, upgrade
from services.chassis.bus.held import held_messages
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.database import Database
from services.chassis.ids import uuid7
from tests.stand.migrated import migrate

LANE = Way("front.to.desk", "filed")
few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/held.sqlite3")
    migrate(database)
    yield database
    database.dispose()


def message(headers: dict[Any, Any] | None = None, body: Any = b"{}", **properties: Any) -> amqp.Message:
    return amqp.Message(body, application_headers=headers or {}, **properties)


def parked(error: str = "x", attempts: int = 1) -> dict[str, Any]:
    return held.failed(Reason.HANDLER_ERROR, error, attempts=attempts, due_at=None)


def row_of(db: Database, one: amqp.Message, failure: dict[str, Any] | None = None) -> dict[str, Any]:
    key = uuid7()
    with db.write() as session:
        held.hold(session, key, one, LANE, failure or parked())
        (row,) = session.execute(sa.select(held_messages).where(held_messages.c.id == key))
        return dict(row._asdict())


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_a_row_is_written_once_for_a_key(db: Database) -> None:
    key = uuid7()
    for error in ("first", "second"):
        with db.write() as session:
            held.hold(session, key, message(), LANE, parked(error))
    with db.read() as session:
        assert session.scalars(sa.select(held_messages.c.error)).all() == ["first"]


@pytest.mark.parametrize("error", ["x" * 100_000, "ố" * 100_000, "\ud800" * 1000, "a\0b"])
def test_an_error_is_short_enough_and_can_be_written(db: Database, error: str) -> None:
    kept = row_of(db, message(), parked(error))["error"]
    assert len(kept.encode()) <= 4000
    assert "\0" not in kept


@pytest.mark.parametrize(
    "bad", [nested(33), nested(5_000), "x" * 120_000, {b"\xff": 1}, object(), b"\xfe", 2**70, float("nan")]
)
def test_whatever_stands_in_the_headers_can_be_kept_and_read_again(db: Database, bad: object) -> None:
    row = row_of(db, message({"bad": bad, "cloudEvents:id": "1", "a\0": "\ud800"}))
    again = held.message_of(row)
    assert again.headers["cloudEvents:id"] == "1"
    json.loads(row["headers"])


def test_the_brokers_own_headers_and_those_of_earlier_releases_are_not_kept(db: Database) -> None:
    headers = {
        "x-death": [{}],
        "x-first-death-queue": "q",
        "x-delivery-count": 3,
        "vss-attempts": 2,
        "CC": ["q"],
        "tenant": "x",
    }
    assert json.loads(row_of(db, message(headers))["headers"]) == {"tenant": "x"}


def test_what_a_message_says_about_itself_is_kept_but_not_what_would_make_it_vanish(db: Database) -> None:
    one = message(
        body=b"\xff", content_type="text/x", message_id="m", expiration="1", user_id="somebody", correlation_id="c"
    )
    row = row_of(db, one)
    assert json.loads(row["properties"]) == {"content_type": "text/x", "message_id": "m", "correlation_id": "c"}
    assert bytes(held.message_of(row).body) == b"\xff"


def test_the_key_by_content_is_that_of_every_delivery_and_of_no_other_message() -> None:
    first = message({"a": 1, "b": b"\xff"}, b"x", message_id="m")
    again = message({"b": b"\xff", "a": 1, "x-delivery-count": 4, "vss-parked-at": "now"}, b"x", message_id="m")
    assert held.key_by_content(first) == held.key_by_content(again)
    others = [message({"a": 1}, b"x", message_id="m"), message({"a": 1, "b": b"\xff"}, b"y", message_id="m")]
    others.append(message({"a": 1, "b": b"\xff"}, b"x", message_id="n"))
    assert len({held.key_by_content(one) for one in (first, *others)}) == 4


@pytest.mark.parametrize(
    ("type_", "fact"),
    [("vn.vss.registration.declaration_submitted.v1", "declaration_submitted"), ("odd", "odd"), ("", ""), ("a.b", "a.b")],
)
def test_the_fact_is_named_as_its_type_tells(type_: str, fact: str) -> None:
    assert held.with_headers({"cloudEvents:type": type_})["fact"] == fact


_names = st.text(max_size=20) | st.binary(max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=30)
    | st.binary(max_size=30)
    | st.datetimes()
    | st.builds(lambda n, d: Decimal(n).scaleb(-d), st.integers(-(2**31), 2**31 - 1), st.integers(0, 255)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)


@few
@given(st.dictionaries(_names, _values, max_size=8))
def test_any_headers_that_py_amqp_reads_can_be_kept(db: Database, headers: dict[Any, Any]) -> None:
    assert held.key_by_content(message(headers)) == held.key_by_content(message(headers))
    assert isinstance(held.message_of(row_of(db, message(headers))).headers, dict)


# What earlier releases wrote


@pytest.mark.parametrize(
    ("header", "attempts"), [(None, 0), (3, 3), (-1, 0), (0, 0), (True, 0), ("3", 0), (2.0, 0), ([], 0), (2**62, 1_000_000)]
)
def test_attempts_are_counted_in_our_own_header_and_nonsense_there_is_none(header: object, attempts: int) -> None:
    headers = {} if header is None else {"vss-attempts": header}
    assert upgrade.attempts_of(headers) == attempts


def test_when_a_message_was_first_seen_is_read_and_nonsense_there_is_none() -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    assert upgrade.first_seen_at({"vss-first-seen": "2026-11-21T00:00:00.000+00:00"}) == moment
    for odd in ({}, {"vss-first-seen": "yesterday"}, {"vss-first-seen": 3}, {"vss-first-seen": None}):
        assert upgrade.first_seen_at(odd) is None


def test_why_a_message_was_parked_is_taken_over_and_the_broker_s_own_dead_letters_say_so() -> None:
    id_ = uuid7()
    headers = {"cloudEvents:id": str(id_), "cloudEvents:type": "vn.vss.front.filed.v1"}
    bug = upgrade.parked_before(
        message({**headers, "vss-parked-reason": "handler_error", "vss-parked-error": "E", "vss-attempts": 2})
    )
    assert bug == (id_, Reason.HANDLER_ERROR, "E", 2)
    unread = upgrade.parked_before(message({**headers, "vss-parked-reason": "undecodable", "vss-parked-error": "E"}))
    dead = upgrade.parked_before(message({**headers, "x-death": [{"reason": "delivery_limit"}]}))
    odd = upgrade.parked_before(message({**headers, "vss-parked-reason": ["?"]}))
    assert unread.key == dead.key == odd.key != id_
    assert dead.reason is odd.reason is Reason.DELIVERY_LIMIT

"""From bytes to a reader's value: what is understood, and the words for what is not."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import amqp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields

from services.chassis.bus.parking import Reason
from services.chassis.bus.reading import Reading, Unreadable
from services.chassis.facts import Reader, reads
from services.chassis.facts.envelope import Envelope

few = settings(max_examples=60)


class Breaks(fields.String):
    """A field with a bug of its own."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        if value == "break":
            raise ZeroDivisionError("Nguyễn Thị Lan")
        return super()._deserialize(value, attr, data, **more)


class Filed(Reader, service="front", name="filed", version=1):
    dossier_no: str = reads(fields.String(required=True))
    born: dt.date | None = reads(fields.Date(allow_none=True), default=None)
    odd: str = reads(Breaks(), default="")


class FiledLater(Reader, service="front", name="filed", version=3):
    dossier_no: str = reads(fields.String(required=True))


def on_filed(session: Any, fact: Filed) -> None: ...
def on_filed_later(session: Any, fact: FiledLater) -> None: ...


LANE = "front.to.desk"
READING = Reading("desk", {Filed: on_filed, FiledLater: on_filed_later})


def message(body: bytes, type_: str = "vn.vss.front.filed.v1", **properties: Any) -> amqp.Message:
    envelope = Envelope(id=uuid.UUID(int=7), source="/vss/front", type=type_, subject="1", time="2026-11-21T08:00:00Z")
    return amqp.Message(body, application_headers=envelope.headers(), **properties)


def refused(message: amqp.Message) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        READING.decode(message, LANE)
    return caught.value


def outcome(message: amqp.Message) -> object:
    """The handler it would be given to, or the reason to park it for; any other exception is a fault."""
    try:
        return READING.decode(message, LANE).handler
    except Unreadable as error:
        return error.reason


def test_a_message_becomes_a_value_with_its_envelope_and_its_handler() -> None:
    readable = READING.decode(message(b'{"dossier_no": "1", "born": "1990-05-01", "unknown": {}}'), LANE)
    assert isinstance(readable.fact, Filed)
    assert (readable.fact.dossier_no, readable.fact.born) == ("1", dt.date(1990, 5, 1))
    assert readable.handler is on_filed
    assert readable.fact.envelope is readable.envelope
    assert readable.envelope.id == uuid.UUID(int=7)


def test_each_version_has_its_own_handler() -> None:
    assert READING.decode(message(b'{"dossier_no": "1"}', "vn.vss.front.filed.v3"), LANE).handler is on_filed_later


@pytest.mark.parametrize(
    ("type_", "reason", "says"),
    [
        ("vn.vss.front.filed.v2", Reason.UNKNOWN_VERSION, "this service reads v1, v3"),
        ("vn.vss.front.filed.v10", Reason.UNKNOWN_VERSION, "this service reads v1, v3"),
        ("vn.vss.front.filed.v", Reason.UNKNOWN_TYPE, "does not read it"),
        ("vn.vss.front.filed", Reason.UNKNOWN_TYPE, "does not read it"),
        ("vn.vss.back.filed.v1", Reason.UNKNOWN_TYPE, "does not read it"),
    ],
)
def test_what_is_not_read_is_told_with_what_is(type_: str, reason: Reason, says: str) -> None:
    error = refused(message(b"{}", type_))
    assert error.reason is reason
    assert error.error.startswith(type_)
    assert says in error.error


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON at line 1 column 1"),
        (b'{"dossier_no": "1",\n}', "not JSON at line 2"),
        (b'{"a": \xff}', "not UTF-8 at byte 6"),
        (b"[]", "a JSON object was expected, not list"),
        (b"null", "a JSON object was expected, not NoneType"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": ' + b"9" * 4301 + b"}", "a number is too long"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_no_json_object_is_undecodable_and_told_where(body: bytes, says: str) -> None:
    error = refused(message(body))
    assert error.reason is Reason.UNDECODABLE
    assert error.error.startswith("body: ")
    assert says in error.error


def test_fields_that_do_not_fit_are_named_and_their_values_are_not() -> None:
    error = refused(message(json.dumps({"born": "Nguyễn Thị Lan"}).encode()))
    assert error.reason is Reason.INVALID
    assert error.error == "filed.v1: dossier_no: Missing data for required field.; born: Not a valid date."


def test_a_field_with_a_bug_of_its_own_is_about_this_message_only() -> None:
    error = refused(message(b'{"dossier_no": "1", "odd": "break"}'))
    assert error.reason is Reason.INVALID
    assert "ZeroDivisionError" in error.error
    assert "Lan" not in error.error


def test_a_message_without_headers_is_undecodable() -> None:
    assert refused(amqp.Message(b"{}")).reason is Reason.UNDECODABLE


@few
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert outcome(message(body)) in (on_filed, Reason.UNDECODABLE, Reason.INVALID)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@few
@given(st.fixed_dictionaries({"dossier_no": _json}, optional={"born": _json, "odd": _json, "other": _json}))
def test_any_json_is_read_or_refused_by_its_fields(data: dict[str, Any]) -> None:
    assert outcome(message(json.dumps(data).encode())) in (on_filed, Reason.INVALID)

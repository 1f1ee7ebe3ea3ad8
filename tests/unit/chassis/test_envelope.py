"""The envelope on the wire and back, and what is said of one that cannot be read."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Undecodable
from services.chassis.facts.envelope import Envelope, parse, public_schema_of, schema_file, schema_of, source_of, type_of

few = settings(max_examples=60)

_text = st.text(min_size=1, max_size=40)
_ATTRIBUTES = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "revision",
    "dataschema",
    "correlationid",
    "traceparent",
)
_NAMES = [prefix + name for prefix in ("cloudEvents:", "cloudEvents_", "") for name in _ATTRIBUTES]
_anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.binary(max_size=9)
    | _text
    | st.uuids().map(str)
    | st.lists(_text, max_size=2)
)
_envelopes = st.builds(
    Envelope,
    id=st.uuids(),
    source=_text,
    type=_text,
    subject=_text,
    time=_text,
    revision=st.integers(-(2**63), 2**63 - 1),
    dataschema=st.none() | _text,
    correlationid=st.none() | _text,
    causationid=st.none() | _text,
    traceparent=st.none() | _text,
)


def headers(**changes: Any) -> dict[str, Any]:
    """Good ones, with changes; `None` leaves one out."""
    good = Envelope(
        id=uuid.UUID(int=7), source="/vss/front", type="vn.vss.front.filed.v1", subject="1", time="2026-11-21T08:00:00Z"
    ).headers()
    changed = good | {f"cloudEvents:{name}": value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


@few
@given(_envelopes)
def test_an_envelope_comes_back_as_it_was_sent(envelope: Envelope) -> None:
    assert parse(envelope.headers(), None) == envelope


@few
@given(_envelopes)
def test_either_spelling_of_the_headers_is_read(envelope: Envelope) -> None:
    assert parse({name.replace(":", "_", 1): value for name, value in envelope.headers().items()}, None) == envelope


@few
@given(st.dictionaries(st.sampled_from(_NAMES), _anything), _anything)
def test_whatever_arrives_it_is_either_read_or_refused(anything: dict[str, Any], message_id: Any) -> None:
    for changed in (anything, headers() | anything):
        with contextlib.suppress(Undecodable):
            assert isinstance(parse(changed, message_id), Envelope)


@pytest.mark.parametrize(
    "name", ["specversion", "id", "source", "type", "subject", "time", "correlationid", "causationid", "traceparent"]
)
@pytest.mark.parametrize("wrong", [17, b"\xff", [], {}, True, 1.5])
def test_an_attribute_of_another_type_is_named(name: str, wrong: object) -> None:
    with pytest.raises(Undecodable, match=f"envelope: {name} is "):
        parse(headers(**{name: wrong}), None)


@pytest.mark.parametrize("wrong", ["1", True, 1.0, b"1", []])
def test_a_revision_is_a_whole_number(wrong: object) -> None:
    with pytest.raises(Undecodable, match="revision is not a whole number"):
        parse(headers(revision=wrong), None)


def test_attributes_that_are_not_set_do_not_travel() -> None:
    assert set(headers()) == {
        f"cloudEvents:{n}" for n in ("specversion", "id", "source", "type", "subject", "time", "revision")
    }


def test_without_an_id_the_message_id_counts_and_without_that_nothing() -> None:
    assert parse(headers(id=None), str(uuid.UUID(int=9))).id == uuid.UUID(int=9)
    for none in (None, "", "42"):
        with pytest.raises(Undecodable, match="id is missing or no UUID"):
            parse(headers(id=None), none)


def test_a_revision_that_a_foreign_publisher_does_not_know_is_the_first() -> None:
    assert parse(headers(revision=None), None).revision == 1


def test_another_version_of_cloudevents_is_refused_and_none_is_taken_for_ours() -> None:
    assert parse(headers(specversion=None), None)
    with pytest.raises(Undecodable, match="specversion"):
        parse(headers(specversion="0.3"), None)


def test_names_are_those_that_other_agencies_were_told() -> None:
    assert type_of("registration", "declaration_submitted", 1) == "vn.vss.registration.declaration_submitted.v1"
    assert source_of("registration") == "/vss/registration"
    schema = schema_of("registration", "declaration_submitted", 1)
    assert schema == "urn:vss:registration:facts:declaration_submitted.v1"
    assert public_schema_of(schema) == "urn:vss:public:registration:facts:declaration_submitted.v1"
    assert schema_file(public_schema_of(schema)) == "public/registration/facts/declaration_submitted.v1.json"


def test_a_fact_recorded_by_an_earlier_release_keeps_the_form_of_its_schema() -> None:
    recorded = "/vss/registration/facts/declaration_submitted.v1.json"
    assert public_schema_of(recorded) == "/vss/public/registration/facts/declaration_submitted.v1.json"

"""The snapshot's rules against what really happens: random schemas change at random, and every message near the edge is tried.

The snapshot must find no fault exactly when (a) every message that the old release could send still loads in the new one, and
(b) every message that the new release could send loads in readers declared against the old one. "Loads" means for marshmallow
and for whoever validates with the JSON Schema. The messages tried are one that fits, and each of its fields in turn left out or
replaced by the values around every bound; rules on one field know nothing of another, so that finds every witness there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import jsonschema
import marshmallow as ma
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from marshmallow import fields, validate

from services.chassis.catalogue import snapshot
from services.chassis.errors import InvalidFact
from tests.contract.samples import making
from tests.contract.samples.making import DOSSIER_NO

_MOST = 4
#: every value that is near a bound of some schema drawn below
_EDGES: tuple[Any, ...] = (
    *(None, True),
    *range(-1, _MOST + 2),
    *(n + 0.5 for n in range(_MOST + 1)),
    *("x" * n for n in range(_MOST + 2)),
    *("portal", "counter", "guardian"),
)
_VALUES = [("portal",), ("portal", "counter"), ("counter", "guardian")]


@dataclass(frozen=True)
class Kind:
    """What a field may hold; ``low`` and ``high`` bound its value, length or number of items."""

    name: str
    low: int | None = None
    high: int | None = None
    nullable: bool = False
    values: tuple[str, ...] = ()
    inner: Kind | None = None
    members: tuple[tuple[str, Kind, bool], ...] = field(default=())


_low = st.none() | st.integers(1, 2)
_high = st.none() | st.integers(3, _MOST)
_plain = st.one_of(
    st.builds(Kind, st.just("text"), _low, _high, st.booleans()),
    st.builds(Kind, st.just("choice"), nullable=st.booleans(), values=st.sampled_from(_VALUES)),
    st.builds(Kind, st.just("integer"), _low, _high, st.booleans()),
    st.builds(Kind, st.just("number"), _low, _high, st.booleans()),
    st.builds(Kind, st.just("flag"), nullable=st.booleans()),
)


def _objects(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    members = st.lists(st.tuples(st.sampled_from("abc"), kinds, st.booleans()), max_size=3, unique_by=lambda m: m[0])
    return st.builds(
        Kind, st.just("object"), nullable=st.booleans(), members=members.map(lambda found: tuple(sorted(found)))
    )


def _lists(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    return st.builds(Kind, st.just("list"), _low, _high, st.booleans(), inner=kinds)


_kinds = st.recursive(_plain, lambda inner: _objects(inner) | _lists(inner), max_leaves=4)
_facts = _objects(_kinds).map(lambda kind: replace(kind, nullable=False))


@st.composite
def _evolved(draw: st.DrawFn, kind: Kind) -> Kind:
    """``kind`` after a small change somewhere in it, or after none."""
    if bool(kind.members) and draw(st.booleans()):
        place = draw(st.integers(0, len(kind.members) - 1))
        name, member, required = kind.members[place]
        changed = draw(st.sampled_from(["evolve", "evolve", "toggle", "remove"]))
        ways: dict[str, Callable[[], tuple[Any, ...]]] = {
            "evolve": lambda: ((name, draw(_evolved(member)), required),),
            "toggle": lambda: ((name, member, not required),),
            "remove": tuple,
        }
        return replace(kind, members=kind.members[:place] + ways[changed]() + kind.members[place + 1 :])
    if kind.inner and draw(st.booleans()):
        return replace(kind, inner=draw(_evolved(kind.inner)))
    changes = ["nothing", "null", "other"] + (["add"] if kind.name == "object" else ["bounds", "bounds"])
    match draw(st.sampled_from(changes)):
        case "null":
            return replace(kind, nullable=not kind.nullable)
        case "bounds" if kind.name in {"text", "integer", "number", "list"}:
            return replace(kind, low=draw(_low), high=draw(_high))
        case "bounds" if kind.values:
            return replace(kind, values=draw(st.sampled_from(_VALUES)))
        case "other":
            return draw(_kinds)
        case "add":
            added = (draw(st.sampled_from("de")), draw(_kinds), draw(st.booleans()))
            return replace(kind, members=(*(m for m in kind.members if m[0] != added[0]), added))
    return kind


def _field(kind: Kind, *, required: bool, tolerant: bool) -> ma.fields.Field[Any]:
    common: dict[str, Any] = {"required": required, "allow_none": kind.nullable}
    bounded = kind.low is not None or kind.high is not None
    length = [validate.Length(min=kind.low, max=kind.high)] if bounded else []
    span = [validate.Range(min=kind.low, max=kind.high)] if bounded else []
    match kind.name:
        case "text":
            return fields.String(validate=length, **common)
        case "choice":
            return fields.String(validate=validate.OneOf(kind.values), **common)
        case "integer":
            return fields.Integer(strict=True, validate=span, **common)
        case "number":
            return fields.Float(validate=span, **common)
        case "flag":
            return fields.Boolean(**common)
        case "list":
            assert kind.inner is not None
            return fields.List(_field(kind.inner, required=False, tolerant=tolerant), validate=length, **common)
    meta = type("Meta", (), {"unknown": ma.EXCLUDE if tolerant else ma.RAISE})
    schema = type("Inner", (ma.Schema,), {**_fields(kind, tolerant=tolerant), "Meta": meta})
    return fields.Nested(schema, **common)


def _fields(kind: Kind, *, tolerant: bool) -> dict[str, Any]:
    return {name: _field(member, required=required, tolerant=tolerant) for name, member, required in kind.members}


def _fitting(kind: Kind) -> Any:
    """A value with everything in it that there can be."""
    low = kind.low or 1
    match kind.name:
        case "text":
            return "x" * low
        case "choice":
            return kind.values[0]
        case "flag":
            return True
        case "list":
            assert kind.inner is not None
            return [_fitting(kind.inner)] * low
        case "object":
            return {name: _fitting(member) for name, member, _ in kind.members}
    return low


def _near(kind: Kind) -> Iterator[Any]:
    """Values around each bound of ``kind``: some fit, some do not."""
    yield from _EDGES
    if kind.name == "list":
        assert kind.inner is not None
        yield from ([_fitting(kind.inner)] * count for count in range(_MOST + 2))
        yield from ([value] * (kind.low or 1) for value in _near(kind.inner))
    if kind.name == "object":
        whole = _fitting(kind)
        yield whole
        for name, member, _ in kind.members:
            yield {key: value for key, value in whole.items() if key != name}
            yield from ({**whole, name: value} for value in _near(member))


class Release:
    """One release of a fact: what it can send and what it, or a reader of its time, can load."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.fact = making.fact(_fitting(kind), **_fields(kind, tolerant=False))
        self.snapshot = snapshot.take([making.service(publishes=[self.fact])])
        self.validator = jsonschema.Draft202012Validator(self.snapshot["registration"]["declaration_submitted.v1"])
        self._reader = making.reader(dossier_no=fields.String(required=True), **_fields(kind, tolerant=True))

    def messages(self, *shapes: Kind) -> Iterator[dict[str, Any]]:
        """What it can send, of all messages near the bounds of ``shapes``."""
        for shape in shapes:
            for value in _near(shape):
                if isinstance(value, dict) and self.loads(message := {"dossier_no": DOSSIER_NO, **value}):
                    yield message

    def loads(self, message: dict[str, Any]) -> bool:
        """Whether the release itself loads a message, from its outbox or the stream."""
        return self.validator.is_valid(message) and _does_load(self.fact, message)

    def reads(self, message: dict[str, Any]) -> bool:
        """Whether a reader deployed with it, or another agency's validator, takes a message."""
        return self.validator.is_valid(message) and _does_load(self._reader, message)


def _does_load(declared: Any, message: dict[str, Any]) -> bool:
    try:
        declared.load(message)
    except InvalidFact:
        return False
    return True


def _broken(old: Release, new: Release, *shapes: Kind) -> dict[str, Any] | None:
    """A message that breaks something, if there is one."""
    for message in old.messages(*shapes):
        if not new.loads(message):
            return message
    for message in new.messages(*shapes):
        if not old.reads(message):
            return message
    return None


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_a_change_is_refused_exactly_when_some_message_would_not_load(data: st.DataObject) -> None:
    before = data.draw(_facts, label="before")
    after = data.draw(_evolved(before), label="after")
    assume(after.name == "object")
    after = replace(after, nullable=False)
    old, new = Release(before), Release(after)
    faults = snapshot.compare(old.snapshot, new.snapshot)
    witness = _broken(old, new, before, after)
    note(f"faults: {faults}")
    note(f"a message that would not load: {witness}")
    assert bool(faults) == (witness is not None)


@settings(max_examples=50)
@given(_facts)
def test_the_json_schema_and_marshmallow_agree_on_every_message_of_the_right_types(kind: Kind) -> None:
    release = Release(kind)
    for value in _near(kind):
        if not isinstance(value, dict):
            continue
        message = {"dossier_no": DOSSIER_NO, **value}
        if release.validator.is_valid(message):
            # the other way round does not hold: marshmallow also takes "5" for 5 and 1 for true
            assert _does_load(release.fact, message), message


@settings(max_examples=50)
@given(_facts)
def test_a_fact_compared_with_itself_has_no_fault(kind: Kind) -> None:
    release = Release(kind)
    assert snapshot.compare(release.snapshot, release.snapshot) == []

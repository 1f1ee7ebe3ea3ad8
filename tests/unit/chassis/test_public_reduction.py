"""The public feed never holds what is not marked public, whatever is nested in what."""

from __future__ import annotations

import itertools
from typing import Any

import marshmallow as ma
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields

from services.chassis.facts import Fact, private, public

few = settings(max_examples=60)

SECRET = "Nguyễn Thị Bích Ngọc"


class Person(ma.Schema):
    role = fields.String(metadata={"public": True})
    full_name = fields.String()


class Office(ma.Schema):
    code = fields.String(metadata={"public": True})
    head = fields.Nested(Person, allow_none=True, metadata={"public": True})
    staff = fields.List(fields.Nested(Person), metadata={"public": True})
    by_desk = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(Person)), metadata={"public": True})
    note = fields.String(allow_none=True)
    hidden = fields.Nested(Person)


class Filed(Fact, name="filed", version=1, subject="number", example={"number": "1", "office": {}, "applicant": {}}):
    """Every kind of nesting."""

    number: str = public(fields.String(required=True))
    office: Any = public(fields.Nested(Office, required=True))
    offices: Any = public(fields.Nested(Office, many=True), default=())
    by_code: Any = public(fields.Dict(keys=fields.String(), values=fields.Nested(Office), allow_none=True), default=None)
    applicant: Any = private(fields.Nested(Person, required=True))
    offices_inside: Any = private(fields.List(fields.Nested(Office)), default=())


_codes = st.text("0123456789", min_size=1, max_size=3)
_secret = st.just(SECRET)
_person = st.fixed_dictionaries({}, optional={"role": _codes, "full_name": _secret})
_office = st.fixed_dictionaries(
    {},
    optional={
        "code": _codes,
        "head": st.none() | _person,
        "staff": st.lists(_person, max_size=3),
        "by_desk": st.dictionaries(_codes, st.lists(_person, max_size=2), max_size=2),
        "note": st.none() | _secret,
        "hidden": _person,
    },
)
_data = st.fixed_dictionaries(
    {"number": _codes, "office": _office, "applicant": _person},
    optional={
        "offices": st.lists(_office, max_size=2),
        "by_code": st.dictionaries(_codes, _office, max_size=2),
        "offices_inside": st.lists(_office, max_size=2),
    },
)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(itertools.chain.from_iterable(map(leaves, value.values())))
    if isinstance(value, list):
        return list(itertools.chain.from_iterable(map(leaves, value)))
    return [value]


@few
@given(_data)
def test_no_value_that_is_not_public_gets_out(data: dict[str, Any]) -> None:
    assert SECRET not in leaves(Filed.reduce(Filed.load(data).dump()))


@few
@given(_data)
def test_every_public_value_gets_out_in_its_place(data: dict[str, Any]) -> None:
    def cut(office: dict[str, Any]) -> dict[str, Any]:
        """The same, said by hand."""
        person = {"role"}
        kept: dict[str, Any] = {name: office[name] for name in ("code", "head", "staff", "by_desk") if name in office}
        if kept.get("head") is not None:
            kept["head"] = {name: value for name, value in kept["head"].items() if name in person}
        if "staff" in kept:
            kept["staff"] = [{n: v for n, v in one.items() if n in person} for one in kept["staff"]]
        if "by_desk" in kept:
            kept["by_desk"] = {
                k: [{n: v for n, v in one.items() if n in person} for one in all_] for k, all_ in kept["by_desk"].items()
            }
        return kept

    expected: dict[str, Any] = {"number": data["number"], "office": cut(data["office"])}
    if "offices" in data:
        expected["offices"] = [cut(office) for office in data["offices"]]
    if "by_code" in data:
        expected["by_code"] = {code: cut(office) for code, office in data["by_code"].items()}
    assert Filed.reduce(data) == expected


@few
@given(_data)
def test_reducing_changes_nothing_in_the_fact_itself(data: dict[str, Any]) -> None:
    before = repr(data)
    Filed.reduce(data)
    assert repr(data) == before

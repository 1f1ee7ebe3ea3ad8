"""A published version only ever gains optional fields: what is refused, and in which words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from marshmallow import fields, validate

from services.chassis.catalogue import snapshot
from services.chassis.catalogue.snapshot import compare, same, take
from services.chassis.errors import StartUpError
from tests.contract.samples import making
from tests.contract.samples.registration import Registration
from tests.contract.samples.verification import Verification

Fields = dict[str, Any]  #: fields of marshmallow


def nested(name: str, _required: bool = True, **inner: ma.fields.Field[Any]) -> Fields:
    return {name: fields.Nested(ma.Schema.from_dict({**inner}, name=name.capitalize()), required=_required)}


def taken(declared: Fields, *, example: dict[str, Any] | None = None, **options: Any) -> snapshot.Snapshot:
    """The snapshot of a service with one fact of these fields."""
    # the rules are about schemas; an example that fits all of them keeps the tests short
    given = {name: VALUES[name] for name in declared} if example is None else example
    return take([making.service(publishes=[making.fact(given, **declared, **options)])])


VALUES: dict[str, Any] = {
    "contact": {"phone": "+84983847986"},
    "office": {"code": "00128"},
    "attachments": [{"kind": "portrait"}],
    "route": "portal",
    "note": "đã xem bản gốc",
    "size": 3,
    "day": "2026-11-21",
    "took": 15,
    "tags": ["a"],
    "labels": {"a": "b"},
}


def faults(old: Fields, new: Fields, **options: Any) -> list[str]:
    return compare(taken(old), taken(new, **options))


def test_nothing_changed_nothing_refused() -> None:
    both = take([Registration, Verification])
    assert compare(both, both) == []
    assert same(both, take([Verification, Registration]))


def test_a_new_optional_field_is_welcome_at_every_depth() -> None:
    old = nested("contact", phone=fields.String(required=True))
    new = nested("contact", phone=fields.String(required=True), zalo=fields.String()) | {"note": fields.String()}
    assert faults(old, new) == []
    assert not same(taken(old), taken(new))


def test_a_new_optional_field_may_be_public_from_the_start() -> None:
    assert faults({}, {"route": fields.String()}, public_fields=["dossier_no", "route"]) == []


def test_a_new_fact_a_new_version_and_a_new_service_are_welcome() -> None:
    old = take([making.service(publishes=[making.fact()])])
    more = [making.fact(), making.fact(version=2), making.fact(name="declaration_withdrawn")]
    new = take([making.service(publishes=more), making.service("feedback", publishes=[making.fact(name="complaint_rated")])])
    assert compare(old, new) == []


def test_wording_and_examples_are_free_to_change() -> None:
    old = taken({"note": fields.String(metadata={"description": "remark"})}, doc="One.", example={"note": "a"})
    new = taken({"note": fields.String(metadata={"title": "Note"}, load_default="-")}, doc="Two.", example={"note": "b"})
    assert compare(old, new) == []
    assert same(old, new)


def test_a_field_named_like_a_word_of_json_schema_is_still_a_field() -> None:
    old = taken({"title": fields.String()}, example={"title": "Bà"})
    assert compare(old, taken({})) == [
        (
            "registration declaration_submitted v1: field title was removed: readers deployed earlier would park the new messages, "
            "and here older messages hold a field that nobody knows; keep it, or publish v2"
        )
    ]


def test_a_field_that_became_required_is_named_with_its_path() -> None:
    old, new = nested("contact", phone=fields.String()), nested("contact", phone=fields.String(required=True))
    assert faults(old, new) == [
        (
            "registration declaration_submitted v1: field contact.phone became required: readers of older messages in the "
            "outbox/stream would fail; keep it optional, or publish v2"
        )
    ]


def test_a_field_that_became_optional_is_refused_for_the_sake_of_older_readers() -> None:
    assert faults({"note": fields.String(required=True)}, {"note": fields.String()}) == [
        (
            "registration declaration_submitted v1: field note became optional: readers deployed earlier would park the new messages "
            "that lack it; keep it required, or publish v2"
        )
    ]


def test_a_new_required_field_is_refused() -> None:
    assert faults({}, {"note": fields.String(required=True)}) == [
        (
            "registration declaration_submitted v1: field note is new and required: older messages in the outbox or stream would no "
            "longer load, for they lack it; add it as optional, or publish v2"
        )
    ]


def test_a_changed_type_is_refused_with_both_types() -> None:
    [fault] = faults({"size": fields.Integer()}, {"size": fields.Float()})
    assert "field size changed its type from integer to number: " in fault
    assert fault.endswith("; add a field beside it, or publish v2")


def test_items_of_a_list_are_told_from_the_list() -> None:
    old = {"tags": fields.List(fields.String())}
    assert "field tags[] may now be null" in faults(old, {"tags": fields.List(fields.String(allow_none=True))})[0]
    inner = ma.Schema.from_dict({"kind": fields.String(required=True)})
    without = ma.Schema.from_dict({"kind": fields.String()})
    old, new = ({"attachments": fields.List(fields.Nested(schema))} for schema in (inner, without))
    assert "field attachments[].kind became optional" in faults(old, new)[0]


def test_values_of_free_keys_are_looked_at_too() -> None:
    old, new = ({"labels": fields.Dict(values=value)} for value in (fields.String(), fields.String(allow_none=True)))
    assert "field labels{} may now be null" in faults(old, new)[0]


def test_a_changed_format_is_refused() -> None:
    [fault] = faults({"day": fields.String()}, {"day": fields.Date()})
    assert "field day changed its format from none to date: older messages, or readers deployed earlier, may not" in fault


def test_a_changed_unit_is_refused_though_every_value_still_fits() -> None:
    [fault] = faults({"took": fields.TimeDelta("seconds")}, {"took": fields.TimeDelta("minutes")})
    assert "field took changed its unit from seconds to minutes: every reader would misread it" in fault


def test_a_changed_subject_is_refused() -> None:
    old = taken({"route": fields.String(required=True)}, public_fields=[])
    new = taken({"route": fields.String(required=True)}, public_fields=[], subject="route")
    [fault] = compare(old, new)
    assert fault == (
        "registration declaration_submitted v1: its subject changed from dossier_no to route: readers order facts and find "
        "dossiers by it; keep it, or publish v2"
    )


def test_null_is_refused_in_both_directions_with_different_reasons() -> None:
    plain, nullable = {"note": fields.String()}, {"note": fields.String(allow_none=True)}
    assert (
        "field note may now be null: readers deployed earlier would park the new messages that hold null"
        in faults(plain, nullable)[0]
    )
    assert (
        "field note may no longer be null: older messages in the outbox or stream would no longer load"
        in faults(nullable, plain)[0]
    )


def test_enum_values_are_refused_in_both_directions_with_different_reasons() -> None:
    few, many = (
        {"route": fields.String(validate=validate.OneOf(values))}
        for values in (["portal"], ["portal", "counter", "guardian"])
    )
    [removed], [added] = faults(many, few), faults(few, many)
    assert 'field route no longer allows "counter", "guardian": older messages in the outbox or stream would' in removed
    assert 'field route now allows "counter", "guardian": readers deployed earlier would park the new messages' in added
    assert "they know only the values declared then" in added
    assert "values that will grow: a plain string, described" in added


def test_null_in_an_enum_is_spoken_of_as_null() -> None:
    old, new = (
        {"route": fields.String(validate=validate.OneOf(["portal"]), allow_none=nullable)} for nullable in (False, True)
    )
    [fault] = faults(old, new)
    assert "field route may now be null" in fault


def test_an_enum_that_comes_or_goes_is_a_change_of_values() -> None:
    free, bound = {"route": fields.String()}, {"route": fields.String(validate=validate.OneOf(["portal"]))}
    assert 'field route now allows nothing but "portal"' in faults(free, bound)[0]
    assert "field route now allows any value" in faults(bound, free)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (validate.Length(max=9), validate.Length(max=5), "is bounded more tightly (maxLength 9 → 5): older messages"),
        (validate.Length(max=5), validate.Length(max=9), "is bounded more loosely (maxLength 5 → 9): readers deployed"),
        (validate.Length(min=1), validate.Length(min=2), "is bounded more tightly (minLength 1 → 2)"),
        (validate.Length(min=2), validate.Length(min=1), "is bounded more loosely (minLength 2 → 1)"),
        (validate.Length(min=1), validate.Length(min=1, max=5), "is bounded more tightly (maxLength none → 5)"),
        (validate.Length(min=1, max=5), validate.Length(min=1), "is bounded more loosely (maxLength 5 → none)"),
        (validate.Regexp("^a"), validate.Regexp("^b"), "changed its pattern (^a → ^b): older messages, or readers"),
    ],
)
def test_bounds_are_refused_in_both_directions_with_different_reasons(old: Any, new: Any, said: str) -> None:
    before, after = (taken({"note": fields.String(validate=rule)}, example={}) for rule in (old, new))
    [fault] = compare(before, after)
    assert f"field note {said}" in fault


def test_a_tighter_rule_belongs_where_the_data_is_entered() -> None:
    old, new = {"size": fields.Integer()}, {"size": fields.Integer(validate=validate.Range(min=1))}
    assert faults(old, new)[0].endswith("; check the new bound where the data is entered, or publish v2")


def test_changed_bounds_of_dates_are_refused() -> None:
    old, new = ({"day": fields.Date(validate=validate.Range(min=dt.date(year, 1, 1)))} for year in (1900, 1950))
    assert "field day changed its minimum (1900-01-01 → 1950-01-01)" in faults(old, new)[0]


def test_a_fact_that_is_gone_is_refused_until_its_removal_is_acknowledged() -> None:
    old = take([making.service(publishes=[making.fact(), making.fact(version=2)])])
    new = take([making.service(publishes=[making.fact(version=2)])])
    [fault] = compare(old, new)
    assert fault.startswith("registration declaration_submitted v1: is gone: messages of it that wait in outboxes")
    assert compare(old, new, accept_removed=["registration.declaration_submitted.v1"]) == []
    assert compare(old, new, accept_removed=["registration.declaration_submitted.v2"]) == [fault]


def test_a_renamed_fact_is_recognised() -> None:
    old = take([making.service(publishes=[making.fact(name="declaration_submitted")])])
    new = take([making.service(publishes=[making.fact(name="declarations_submitted")])])
    assert "is gone (renamed to declarations_submitted.v1?)" in compare(old, new)[0]


def test_a_service_that_is_gone_takes_its_facts_with_it() -> None:
    assert len(compare(take([Registration, Verification]), take([Verification]))) == len(Registration.publishes)


class TestPublicAndPrivate:
    """What reaches the public feed may neither vanish from it nor slip onto it."""

    def test_a_field_withdrawn_from_the_feed_is_refused(self) -> None:
        old = taken({"route": fields.String()}, public_fields=["dossier_no", "route"])
        [fault] = compare(old, taken({"route": fields.String()}))
        assert fault == (
            "registration declaration_submitted v1: field route is no longer public: subscribers of the public feed lose it; "
            "keep it public(), or publish v2"
        )

    def test_a_field_put_on_the_feed_is_refused_until_acknowledged_by_name(self) -> None:
        old = taken({"note": fields.String()})
        new = taken({"note": fields.String()}, public_fields=["dossier_no", "note"])
        [fault] = compare(old, new)
        assert "field note became public: other agencies would see it, and nothing takes it back" in fault
        assert "publish v2" not in fault
        assert compare(old, new, accept_public=["registration.declaration_submitted.other"]) == [fault]
        assert compare(old, new, accept_public=["registration.declaration_submitted.note"]) == []

    def test_a_nested_mark_counts_only_below_a_public_field(self) -> None:
        plain = nested("contact", phone=fields.String())
        marked = nested("contact", phone=fields.String(metadata={"public": True}))
        assert compare(taken(plain), taken(marked)) == []

    def test_making_the_outer_field_public_makes_each_public_field_inside_it_a_decision_of_its_own(self) -> None:
        inner = {"phone": fields.String(metadata={"public": True}), "email": fields.String()}
        marked = {"contact": fields.Nested(ma.Schema.from_dict(dict(inner)))}
        old, new = taken(marked), taken(marked, public_fields=["dossier_no", "contact"])
        outer, nested_one = compare(old, new)
        assert "field contact became public:" in outer
        assert "field contact.phone became public:" in nested_one
        contact = "registration.declaration_submitted.contact"
        assert compare(old, new, accept_public=[contact]) == [nested_one]
        assert compare(old, new, accept_public=[contact, f"{contact}.phone"]) == []

    def test_a_nested_field_of_a_list_is_acknowledged_without_brackets(self) -> None:
        plain, marked = (
            {"attachments": fields.List(fields.Nested(ma.Schema.from_dict({"kind": fields.String(metadata=meta)})))}
            for meta in ({}, {"public": True})
        )
        old, new = (taken(each, public_fields=["dossier_no", "attachments"]) for each in (plain, marked))
        [fault] = compare(old, new)
        assert "field attachments[].kind became public" in fault
        assert compare(old, new, accept_public=["registration.declaration_submitted.attachments.kind"]) == []


class TestTheFile:
    """The snapshot as it is kept under version control."""

    def test_it_reads_back_as_it_was_written(self, tmp_path: Path) -> None:
        both = take([Registration, Verification])
        snapshot.write(tmp_path / "deep" / "facts.json", both)
        assert snapshot.read(tmp_path / "deep" / "facts.json") == both
        assert "Nguyễn Thành Biên" in (tmp_path / "deep" / "facts.json").read_text(encoding="utf-8")

    def test_without_a_file_nothing_was_published_yet(self, tmp_path: Path) -> None:
        assert snapshot.read(tmp_path / "none.json") == {}

    @pytest.mark.parametrize(
        "text", ["{", "[]", '{"registration": 1}', '{"registration": {"a.v1": 1}}', '{"registration": {"a": {}}}']
    )
    def test_a_file_that_is_no_snapshot_is_told(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "facts.json"
        file.write_text(text)
        with pytest.raises(StartUpError, match=r"facts.json is not .* take it from version control again"):
            snapshot.read(file)

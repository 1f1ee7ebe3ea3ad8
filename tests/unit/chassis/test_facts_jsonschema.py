"""The JSON Schema of a fact says what marshmallow does, in full and reduced to public fields."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import Any

import jsonschema
import marshmallow as ma
import pytest
from marshmallow import fields, validate

from services.chassis.facts import Fact
from services.chassis.facts.envelope import schema_of
from services.chassis.facts.jsonschema import full, of_fields, public, what_happened
from tests.contract.samples import making
from tests.contract.samples.registration import DeclarationSubmitted, DraftLeft, Registration
from tests.contract.samples.verification import NewDossier, Verification

EVERY_FACT = [(service.name, fact) for service in (Registration, Verification) for fact in service.publishes]
VALIDATOR = jsonschema.Draft202012Validator


class Kind(enum.Enum):
    REGISTER = "register"
    STOP = "stop"


def of(field: ma.fields.Field[Any], example: Any) -> dict[str, Any]:
    """The schema of one field, after its example was shown to it."""
    made = making.fact({"it": example}, it=field)
    schema = full("registration", made)
    assert not list(VALIDATOR(schema, format_checker=VALIDATOR.FORMAT_CHECKER).iter_errors(made.example))
    VALIDATOR.check_schema(schema)
    found: dict[str, Any] = schema["properties"]["it"]
    return found


@pytest.mark.parametrize(("service", "fact"), EVERY_FACT, ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_each_example_fits_its_schema(service: str, fact: type[Fact]) -> None:
    schema = full(service, fact)
    VALIDATOR.check_schema(schema)
    VALIDATOR(schema, format_checker=VALIDATOR.FORMAT_CHECKER).validate(schema["examples"][0])


@pytest.mark.parametrize(("service", "fact"), EVERY_FACT, ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_each_reduced_example_fits_the_public_schema(service: str, fact: type[Fact]) -> None:
    schema = public(service, fact)
    if schema is not None:
        VALIDATOR.check_schema(schema)
        VALIDATOR(schema, format_checker=VALIDATOR.FORMAT_CHECKER).validate(fact.reduce(fact.example))


def test_the_schema_is_found_where_the_envelope_says() -> None:
    assert full("registration", DeclarationSubmitted)["$id"] == schema_of("registration", "declaration_submitted", 1)


def test_the_schema_tells_what_happened() -> None:
    schema = full("registration", DeclarationSubmitted)
    assert schema["title"] == "DeclarationSubmitted"
    assert schema["description"].startswith("A citizen has sent Form 01.\n\nFrom now on")
    assert schema["properties"]["dossier_no"]["description"] == "số hồ sơ"


def test_a_fact_without_docstring_is_named_in_words() -> None:
    assert what_happened(making.fact(doc=None)) == "Declaration submitted."


def test_unknown_fields_are_allowed_so_that_a_version_can_gain_some() -> None:
    schema = full("registration", DeclarationSubmitted)
    later = {**DeclarationSubmitted.example, "added_later": 1}
    later["contact"] = {**later["contact"], "zalo": "0983847986"}
    VALIDATOR(schema).validate(later)


def test_the_public_schema_holds_public_fields_only_at_every_depth() -> None:
    schema = public("registration", DeclarationSubmitted)
    assert schema is not None
    assert set(schema["properties"]) == {"dossier_no", "kind", "route", "submitted_at", "office", "attachments"}
    attachment = schema["properties"]["attachments"]["items"]
    assert set(attachment["properties"]) == {"kind", "size"}
    assert attachment["required"] == ["kind", "size"]
    assert "x-public" not in str(schema)


def test_the_public_schema_shows_no_private_value_in_its_example() -> None:
    shown = str(public("registration", DeclarationSubmitted))
    assert "261121-000001-8" in shown
    for secret in ("Nguyễn Thành Biên", "+84983847986", "0113099841", "Thụ Trai", "9f86d0"):
        assert secret not in shown


def test_a_fact_without_public_fields_has_no_public_schema() -> None:
    assert public("registration", DraftLeft) is None


def test_a_reader_is_described_by_the_fields_it_takes() -> None:
    schema = of_fields(NewDossier)
    assert set(schema["properties"]) == {"dossier_no", "route", "office", "signature"}
    assert schema["required"] == ["dossier_no", "office", "route"]


@pytest.mark.parametrize(
    ("field", "example", "expected"),
    [
        (fields.String(), "a", {"type": "string"}),
        (fields.String(allow_none=True), None, {"type": ["string", "null"]}),
        (fields.Integer(), 3, {"type": "integer"}),
        (fields.Float(), 1.5, {"type": "number"}),
        (fields.Decimal(as_string=True), "15000.00", {"type": "string"}),
        (fields.Integer(as_string=True), "15", {"type": "string"}),
        (fields.Boolean(), True, {"type": "boolean"}),
        (fields.UUID(), "019360aa-7f00-7000-8000-00000000a001", {"type": "string", "format": "uuid"}),
        (fields.Date(), "1976-07-20", {"type": "string", "format": "date"}),
        (fields.AwareDateTime(), "2026-11-21T08:15:00+07:00", {"type": "string", "format": "date-time"}),
        (fields.NaiveDateTime(), "2026-11-21T08:15:00", {"type": "string"}),
        (fields.Time(), "08:15:00", {"type": "string"}),
        (fields.TimeDelta(precision="minutes"), 15, {"type": "number", "x-unit": "minutes"}),
        (fields.Email(), "bien.nt@example.vn", {"type": "string", "format": "email"}),
        (fields.Url(), "https://example.vn/a", {"type": "string", "format": "uri"}),
        (fields.IPv4(), "127.0.0.1", {"type": "string", "format": "ipv4"}),
        (fields.IP(), "::1", {"type": "string"}),
        (fields.Enum(Kind), "REGISTER", {"type": "string", "enum": ["REGISTER", "STOP"]}),
        (fields.Enum(Kind, by_value=fields.String), "stop", {"type": "string", "enum": ["register", "stop"]}),
        (fields.Constant("VN"), "VN", {"const": "VN"}),
        (fields.Raw(), {"a": [1]}, {}),
        (fields.List(fields.Integer(allow_none=True)), [1, None], {"type": "array", "items": {"type": ["integer", "null"]}}),
        (
            fields.Dict(keys=fields.String(), values=fields.Integer()),
            {"a": 1},
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
    ],
    ids=lambda x: repr(x)[:40] if isinstance(x, ma.fields.Field) else "",
)
def test_every_usual_field_has_its_type(field: ma.fields.Field[Any], example: Any, expected: dict[str, Any]) -> None:
    found = of(field, example)
    default = {"default": "VN"} if isinstance(field, fields.Constant) else {}
    assert found == expected | default


@pytest.mark.parametrize(
    ("rules", "field", "example", "expected"),
    [
        (validate.Length(min=1, max=5), fields.String, "abc", {"minLength": 1, "maxLength": 5}),
        (validate.Length(equal=3), fields.String, "abc", {"minLength": 3, "maxLength": 3}),
        (validate.Range(min=1, max=5), fields.Integer, 3, {"minimum": 1, "maximum": 5}),
        (
            validate.Range(min=0, max=1, min_inclusive=False, max_inclusive=False),
            fields.Float,
            0.5,
            {"exclusiveMinimum": 0.0, "exclusiveMaximum": 1.0},
        ),
        ([validate.Range(min=1), validate.Range(min=3, max=9)], fields.Integer, 4, {"minimum": 3, "maximum": 9}),
        (validate.OneOf(["portal", "counter"]), fields.String, "portal", {"enum": ["portal", "counter"]}),
        (validate.Equal("portal"), fields.String, "portal", {"enum": ["portal"]}),
        (validate.Regexp(r"^\d{10}$"), fields.String, "0113099841", {"pattern": r"^\d{10}$"}),
    ],
)
def test_validators_become_rules(rules: Any, field: Any, example: Any, expected: dict[str, Any]) -> None:
    found = of(field(validate=rules), example)
    del found["type"]
    assert found == expected


def test_bounds_of_dates_are_told_though_json_schema_knows_none() -> None:
    field = fields.Date(validate=validate.Range(min=dt.date(1900, 1, 1)))
    assert of(field, "1976-07-20") == {"type": "string", "format": "date", "x-minimum": "1900-01-01"}


def test_a_pattern_matches_from_the_start_as_marshmallow_does() -> None:
    pattern = of(fields.String(validate=validate.Regexp(r"\d{2}|AB")), "42")["pattern"]
    assert [bool(re.search(pattern, text)) for text in ("42x", "AB", "x42", "xAB")] == [True, True, False, False]


def test_several_patterns_hold_together() -> None:
    rules = [validate.Regexp(r"\d+$"), validate.Regexp(r"84")]
    pattern = of(fields.String(validate=rules, allow_none=True), "8498")["pattern"]
    assert [bool(re.search(pattern, text)) for text in ("8498", "98", "84a")] == [True, False, False]


def test_sizes_of_lists_and_objects_are_counted_in_their_own_words() -> None:
    sized = validate.Length(min=1, max=2)
    assert of(fields.List(fields.String(), validate=sized), ["a"])["maxItems"] == 2
    assert of(fields.Dict(validate=sized), {"a": 1})["minProperties"] == 1


def test_what_a_list_may_contain_is_a_rule_of_its_items() -> None:
    field = fields.List(fields.String(), validate=validate.ContainsOnly(["a", "b"]))
    assert of(field, ["a", "a"]) == {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}


def test_a_nested_schema_is_written_where_it_stands() -> None:
    place = ma.Schema.from_dict({"code": fields.String(required=True), "name": fields.String()}, name="Place")
    expected = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
        "required": ["code"],
    }
    assert of(fields.Nested(place), {"code": "00128"}) == expected
    assert of(fields.Nested(place, allow_none=True), None) == {**expected, "type": ["object", "null"]}
    assert of(fields.Nested(place, many=True), [{"code": "00128"}]) == {"type": "array", "items": expected}
    assert of(fields.Dict(values=fields.Nested(place)), {"a": {"code": "1"}})["additionalProperties"] == expected


def test_wording_comes_from_metadata_and_openapi_words_stay_out() -> None:
    field = fields.String(metadata={"description": "E.164", "example": "+84983847986", "nullable": True, "required": True})
    assert of(field, "+8490") == {"type": "string", "description": "E.164", "examples": ["+84983847986"]}


def test_a_default_is_told() -> None:
    assert of(fields.String(load_default="portal"), "counter") == {"type": "string", "default": "portal"}


class Itself(ma.Schema):
    inner = fields.Nested("Itself")


@pytest.mark.parametrize(
    ("field", "example", "said"),
    [
        (fields.Decimal(), 1, "Made.it: Decimal: JSON has no decimals; use as_string=True"),
        (fields.Function(deserialize=str), 1, "Made.it: Function: a fact holds values, it computes none"),
        (fields.Tuple((fields.String(),)), ["a"], "Made.it: Tuple: declare a Nested with names, or a List"),
        (fields.Pluck(ma.Schema.from_dict({"a": fields.String()}), "a"), "x", "Made.it: Pluck: it cannot be reduced"),
        (fields.String(validate=validate.Regexp("a", re.IGNORECASE)), "A", "Made.it: write the pattern 'a' without flags"),
        (fields.String(validate=validate.Regexp(r"a\Z")), "a", "without flags and Python's own syntax"),
        (fields.List(fields.Decimal()), [1], "Made.it: Decimal: JSON has no decimals"),
        (fields.Nested(Itself), {}, "a schema that holds itself cannot travel"),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, ma.fields.Field) else "",
)
def test_what_cannot_be_described_is_refused_with_what_to_do(field: Any, example: Any, said: str) -> None:
    made = making.fact({"it": example}, it=field)
    with pytest.raises(TypeError) as caught:
        full("registration", made)
    assert said in str(caught.value)


def test_a_field_that_travels_under_another_name_is_refused() -> None:
    made = making.fact({"from": "a"}, it=fields.String(data_key="from"))
    with pytest.raises(TypeError, match=r"Made\.it: String: call the field 'from', as it travels"):
        full("registration", made)


def test_the_http_apis_own_table_of_types_is_left_alone() -> None:
    from apispec.ext.marshmallow.field_converter import DEFAULT_FIELD_MAPPING

    full("registration", DeclarationSubmitted)
    assert DEFAULT_FIELD_MAPPING[fields.Url] == ("string", "url")

"""The OpenAPI documents: what they say is what the services do, and other people's programs read it as it is meant."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.chassis.web.openapi import ecma, operation_id
from tests.contract.documents import RequestField, document, nodes, operations, request_fields
from tests.contract.tools import figures, judged
from tests.integration.http.desks import GOOD, SERVICES

FIELDS = request_fields()
HOME = "https://vss.example"


def types(field: RequestField) -> set[str]:
    said = field.said.get("type") or ()
    return {said} if isinstance(said, str) else set(said)


TEXTS = [each for each in FIELDS if "string" in types(each) and "enum" not in each.said]
#: what bounds a text for whoever writes it
BOUNDS = frozenset({"maxLength", "pattern", "enum", "const"})
#: of these formats no text is long
SHORT_FORMATS = frozenset({"date", "date-time", "uuid"})
PATTERNS = sorted({node["pattern"] for service in SERVICES for _, node in nodes(document(service)) if "pattern" in node})


def named(fields: list[RequestField]) -> Any:
    return pytest.mark.parametrize("field", fields, ids=lambda field: field.where)


def matching(pattern: str, count: int = 20) -> list[str]:
    """Texts that fit the pattern, the same at every run."""
    found: list[str] = []

    @settings(
        max_examples=count, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii")))
    def collect(text: str) -> None:
        found.append(text.rstrip("\n"))

    collect()
    return found


def words(length: int) -> str:
    """A sentence of this length."""
    return ("Xin xem " * length)[: length - 1] + "a"


def test_every_operation_has_an_id_of_its_own_a_summary_and_a_tag() -> None:
    for service in SERVICES:
        ids = Counter(each["operationId"] for name, _, _, each in operations() if name == service)
        assert [id_ for id_, count in ids.items() if count > 1 or not re.fullmatch(r"[a-z][A-Za-z0-9]+", id_)] == []
    for _, method, path, each in operations():
        assert each["summary"], (method, path)
        assert each["tags"], (method, path)


def test_ids_are_made_of_the_names_of_blueprint_and_function() -> None:
    assert operation_id("form-links", "open_link") == "formLinksOpenLink"
    assert operation_id("form01", "show") == "form01Show"


def test_every_part_of_a_path_is_described_as_required_and_every_described_part_is_there() -> None:
    for _, method, path, each in operations():
        described = {one["name"] for one in each["parameters"] if one["in"] == "path"}
        assert described == set(re.findall(r"{(\w+)}", path)), (method, path)
        assert all(one["required"] for one in each["parameters"] if one["in"] == "path"), (method, path)


def test_a_body_that_must_be_sent_is_described_as_required() -> None:
    for _, method, path, each in operations():
        body = each.get("requestBody")
        if body is not None and any("$ref" in str(kind.get("schema")) for kind in body["content"].values()):
            assert body.get("required") is True, (method, path)


def test_an_answer_may_gain_fields_and_a_request_may_not_have_unknown_ones() -> None:
    for service in SERVICES:
        schemas, sent = document(service)["components"]["schemas"], set()
        waiting: list[Any] = [each.get("requestBody") for name, _, _, each in operations() if name == service]
        while waiting:
            for _, node in nodes(waiting.pop()):
                name = str(node.get("$ref", "")).rpartition("/")[2]
                if name in schemas and name not in sent:
                    sent.add(name)
                    waiting.append(schemas[name])
        closed = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
        assert closed <= sent
        # what providers send may have more
        assert sent - closed <= {"SnsMessage", "StatusCallback"}


def test_patterns_mean_the_same_to_javascript_and_to_python() -> None:
    assert PATTERNS
    texts = {
        pattern: {*matching(pattern), "", "x", "0", "-", "0983847986", "à", "0" * 50, "^", "Z", "a\n"}
        for pattern in PATTERNS
    }
    answer = judged(
        schemas={pattern: {"type": "string", "pattern": pattern} for pattern in PATTERNS},
        values=[[pattern, text] for pattern in PATTERNS for text in texts[pattern]],
        patterns=PATTERNS,
    )
    assert answer["unreadable"] == []
    refused = {(each["name"], each["value"]) for each in answer["wrong"]}
    # Python's $ also stands before a last line end, ECMA's does not
    expected = {
        (pattern, text)
        for pattern in PATTERNS
        for text in texts[pattern]
        if text.endswith("\n") or not re.search(pattern, text)
    }
    assert refused == expected
    figures("patterns", patterns=len(PATTERNS), texts=answer["judged"])


@pytest.mark.parametrize(
    ("python", "javascript"), [(r"^[a-z]+\Z", "^[a-z]+$"), (r"\A(?P<year>\d{4})\Z", r"^(?<year>\d{4})$")]
)
def test_what_only_python_knows_is_translated(python: str, javascript: str) -> None:
    assert ecma(python) == javascript
    assert judged(patterns=[javascript])["unreadable"] == []
    assert ecma(javascript) == javascript


def test_every_example_is_accepted_by_ajv() -> None:
    values: list[Any] = []
    schemas: dict[str, Any] = {}
    for service in SERVICES:
        whole = document(service)
        schemas[service] = {"$id": f"{HOME}/{service}", "components": whole["components"]}
        for path, node in nodes(whole):
            for example in [node["example"]] if "example" in node and "properties" not in path.rsplit("/", 1)[-1] else []:
                name = f"{service}{path}"
                bare = node.get("schema", node)
                schemas[name] = {"$ref": f"{HOME}/{service}{bare['$ref']}"} if "$ref" in bare else bare
                values.append([name, example])
    for service, method, path, each in operations():
        body = next((good for end, good in GOOD.items() if path.endswith(end)), None)
        if method == "POST" and body is not None:
            schema = each["requestBody"]["content"]["application/json"]["schema"]
            schemas[f"{method} {path}"] = {"$ref": f"{HOME}/{service}{schema['$ref']}"}
            values.append([f"{method} {path}", body])
    answer = judged(schemas=schemas, values=values)
    assert (answer["unreadable"], answer["wrong"]) == ([], [])
    assert answer["judged"] == len(values) > 50
    figures("examples", accepted=len(values))


@named([each for each in FIELDS if "example" in each.said])
def test_every_example_is_accepted_by_the_service(field: RequestField) -> None:
    assert field.refusal(field.said["example"]) is None


@named([each for each in TEXTS if "pattern" in each.said])
def test_what_fits_a_pattern_is_accepted_by_the_service(field: RequestField) -> None:
    least, most = field.said.get("minLength", 0), field.said.get("maxLength", 10**6)
    texts = [text for text in matching(field.said["pattern"]) if least <= len(text) <= most]
    assert texts
    refused = {text: why for text in texts if (why := field.refusal(text))}
    if "check digit" in field.said.get("description", ""):  # no pattern can say it; the example shows one that fits
        refused = {text: why for text, why in refused.items() if "check digit" not in why}
    assert refused == {}


@named([each for each in FIELDS if "enum" in each.said])
def test_every_word_of_a_closed_list_is_accepted_and_no_other(field: RequestField) -> None:
    assert {word: refused for word in field.said["enum"] if (refused := field.refusal(word))} == {}
    assert field.refusal("no such word") is not None


@named([each for each in TEXTS if "maxLength" in each.said and "pattern" not in each.said])
def test_a_declared_length_is_what_the_service_takes(field: RequestField) -> None:
    longest = field.said["maxLength"]
    assert field.refusal("a" * (longest + 1)) is not None
    if field.said.get("format") is None:  # a code is one word, a reason is several
        assert None in (field.refusal("a" * longest), field.refusal(words(longest)))
    if field.said.get("minLength", 0) > 1:
        assert field.refusal("a" * (field.said["minLength"] - 1)) is not None


@named([each for each in TEXTS if not BOUNDS & each.said.keys() and each.said.get("format") not in SHORT_FORMATS])
def test_a_length_that_is_not_declared_is_not_limited(field: RequestField) -> None:
    for text in ("a" * 20_000, "1" * 20_000):
        assert field.refusal(text) is None, field.said


@named([each for each in FIELDS if "minimum" in each.said or "maximum" in each.said])
def test_declared_numbers_are_what_the_service_takes(field: RequestField) -> None:
    for bound, beyond in (("minimum", -1), ("maximum", 1)):
        if bound in field.said:
            assert field.refusal(field.said[bound]) is None
            assert field.refusal(field.said[bound] + beyond) is not None


@named([each for each in FIELDS if {"integer", "number"} & types(each) and "enum" not in each.said])
def test_numbers_have_bounds(field: RequestField) -> None:
    assert {"minimum", "maximum"} <= field.said.keys()


@named([each for each in FIELDS if each.said.get("default") is not None])
def test_a_default_is_a_value_that_is_taken(field: RequestField) -> None:
    assert field.refusal(field.said["default"]) is None

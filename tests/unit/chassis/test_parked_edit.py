"""Bodies on a terminal and under a person's hands: masked, patched, edited."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from services.chassis.cli import parked_edit, parked_views
from services.chassis.cli.parked_edit import EditError
from services.chassis.cli.parked_views import Fault

BODY = {
    "full_name": "Nguyễn Thành Biên",
    "born": 1957,
    "alive": True,
    "guardian": None,
    "attachments": [{"kind": "portrait", "size": 5}],
}


def test_a_mask_keeps_the_shape_and_no_value() -> None:
    assert parked_views.mask(BODY) == {
        "full_name": "<text, 17 characters>",
        "born": "<int>",
        "alive": "<bool>",
        "guardian": None,
        "attachments": [{"kind": "<text, 8 characters>", "size": "<int>"}],
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "not JSON at line 1 column 1"),
        (b'{"a": \xff}', "not UTF-8 at byte 6"),
        (b'{"a": 1', "not JSON at line 1 column 8"),
        (b"[1]", "not list"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too long"),
    ],
)
def test_a_body_that_the_service_cannot_read_says_why(body: bytes, text: str) -> None:
    fault = parked_views.decode(body)
    assert isinstance(fault, Fault)
    assert text in fault.text


@given(st.binary(max_size=400))
def test_any_bytes_can_be_shown(body: bytes) -> None:
    row: dict[str, Any] = defaultdict(lambda: None, headers="{}", body=body)
    texts = [part.plain for part in parked_views.message(row, reveal=True) if isinstance(part, Text)]
    assert all(character.isprintable() or character == "\n" for text in texts for character in text)


# the examples of RFC 7396, appendix A
@pytest.mark.parametrize(
    ("value", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_patch_is_merged(value: Any, patch: Any, result: Any) -> None:
    assert parked_edit.patched(value, patch) == result


def test_a_patch_leaves_what_it_was_given_as_it_was() -> None:
    before = json.dumps(BODY)
    parked_edit.patched(BODY, {"attachments": None, "full_name": "Lê Hoa"})
    assert json.dumps(BODY) == before


def test_what_changes_is_told_by_path_and_without_values() -> None:
    after = parked_edit.patched(BODY, {"full_name": "Lê Hoa", "alive": None, "contact": {"phone": "+84"}, "born": 1957.0})
    assert list(parked_edit.changed(BODY, after)) == ["full_name", "born", "alive", "contact"]


@pytest.mark.parametrize("value", [{"a": float("inf")}, {"a": "\ud800"}])
def test_what_can_be_no_body_is_refused(value: Any) -> None:
    with pytest.raises(EditError):
        parked_edit.encode(value)

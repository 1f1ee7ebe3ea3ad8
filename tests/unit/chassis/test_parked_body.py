"""Bodies on a terminal and under a person's hands: masked, byte by byte, mended."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.cli import parked_body, parked_edit
from services.chassis.cli.parked_body import Fault
from services.chassis.cli.parked_edit import EditError

BODY = {
    "full_name": "Nguyễn Thành Biên",
    "born": 1957,
    "alive": True,
    "guardian": None,
    "attachments": [{"kind": "portrait", "size": 5}],
}


def test_a_mask_keeps_the_shape_and_no_value() -> None:
    assert parked_body.mask(BODY) == {
        "full_name": "<text, 17 characters>",
        "born": "<number>",
        "alive": "<true or false>",
        "guardian": None,
        "attachments": [{"kind": "<text, 8 characters>", "size": "<number>"}],
    }


@pytest.mark.parametrize(
    ("body", "text", "byte"),
    [
        (b"", "Expecting value", 0),
        (b'{"a": \xff}', "not UTF-8", 6),
        ('{"tên": "Biên" "x"}'.encode(), "line 1 column 16", 17),
        (b'{"a": 1', "line 1 column 8", 7),
        (b"[1]", "not list", 0),
        (b'"text"', "not text", 0),
        (b'{"a": NaN}', "NaN is no JSON value", 0),
        (b"\xef\xbb\xbf{}", "BOM", 0),
        (b"[" * 100_000, "nested too deeply", 0),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "nested too deeply", 0),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON", 0),
    ],
)
def test_a_body_that_is_no_json_object_has_a_place_where_that_shows(body: bytes, text: str, byte: int) -> None:
    fault = parked_body.decode(body)
    assert isinstance(fault, Fault)
    assert text in fault.text
    assert fault.byte == byte


def test_a_masked_dump_shows_structure_and_the_faulty_byte_only() -> None:
    body = b'{"full_name": "Nguy\xfen 1957"}'
    [first, second] = parked_body.hex_dump(body, 19, reveal=False)
    assert first == ('00000000  7b 22 ·· ·· ·· ·· ·· ·· ·· ·· ·· 22 3a 20 22 ··  {"·········": "·', False)
    assert second == ('00000010  ·· ·· ·· fe ·· 20 ·· ·· ·· ·· 22 7d              ···.· ····"}', True)


def test_a_long_dump_is_cut_to_what_is_around_the_fault() -> None:
    lines = list(parked_body.hex_dump(b"a" * 100_000, 50_000, reveal=False))
    assert len(lines) == 9
    assert [faulty for _, faulty in lines] == [False] * 4 + [True] + [False] * 4
    assert len(list(parked_body.hex_dump(b"a" * 1_600, 5, reveal=True))) == 100


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown(body: bytes) -> None:
    data = parked_body.decode(body)
    if isinstance(data, Fault):
        assert list(parked_body.hex_dump(body, data.byte, reveal=False))
        assert any(faulty for _, faulty in parked_body.hex_dump(body, data.byte, reveal=True)) or data.byte >= len(body)


def edited(*settings: str, unset: tuple[str, ...] = ()) -> dict[str, object]:
    return json.loads(parked_edit.apply(json.dumps(BODY).encode(), settings, unset))


def test_values_are_set_added_and_taken_out_by_their_paths() -> None:
    after = edited(
        'full_name="Lê Hoa"',
        "born=1958",
        'attachments[0].kind="id_card"',
        "attachments[1]={}",
        "office=null",
        unset=("alive",),
    )
    assert after == {
        "full_name": "Lê Hoa",
        "born": 1958,
        "guardian": None,
        "attachments": [{"kind": "id_card", "size": 5}, {}],
        "office": None,
    }
    assert list(after)[:2] == ["full_name", "born"]


def test_a_value_may_hold_an_equals_sign() -> None:
    assert edited('full_name="a=b"')["full_name"] == "a=b"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("full_name", "write path=value"),
        ("full_name=Biên", "is no JSON"),
        ("full_name=", "is no JSON"),
        ("=1", "is no path"),
        ("a..b=1", "is no path"),
        ("[0]=1", "is no path"),
        ("contact.phone=1", "there is no contact. There is: full_name, born"),
        ("attachments[1].kind=1", "there is no"),
        ("attachments[2]={}", r"the next one would be \[1\]"),
        ("full_name[0]=1", "is no list"),
        ("attachments.kind=1", "is no object"),
        ("born=1e999", "valid JSON"),
        ("born=-Infinity", "is no JSON"),
    ],
)
def test_what_cannot_be_set_says_why(setting: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        edited(setting)


def test_what_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(EditError, match="nothing to take out"):
        edited(unset=("office",))


def test_paths_need_json() -> None:
    with pytest.raises(EditError, match="not UTF-8"):
        parked_edit.apply(b"\xff", ["a=1"], [])


def test_changes_are_told_by_path_and_masked() -> None:
    before = json.dumps(BODY).encode()
    after = parked_edit.apply(before, ['full_name="Lê Hoa"', "born=1958.0", "attachments[1]=1", "guardian=false"], ["alive"])
    assert list(parked_edit.changes(before, after, reveal=False)) == [
        'full_name: "<text, 17 characters>" → "<text, 6 characters>"',
        'born: "<number>" → "<number>"',
        'alive: "<true or false>" → nothing',
        'guardian: null → "<true or false>"',
        'attachments[1]: nothing → "<number>"',
    ]
    assert 'full_name: "Nguyễn Thành Biên" → "Lê Hoa"' in list(parked_edit.changes(before, after, reveal=True))


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
       | st.integers(-(10**15), 10**15) | st.text(st.characters(exclude_categories=["Cs"])), st.lists, max_leaves=5)))  # fmt: skip
def test_a_body_that_is_not_changed_stays_equal(value: dict[str, object]) -> None:
    body = json.dumps(value).encode()
    data = parked_body.decode(body)
    if not isinstance(data, Fault):
        assert list(parked_edit.changes(body, parked_body.encode(data), reveal=False)) == []

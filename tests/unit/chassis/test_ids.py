"""Ids: unique, of version 7, in the order in which they are made."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import ids

few = settings(max_examples=60, deadline=None)


def test_an_id_is_a_uuid_of_version_7() -> None:
    one = ids.uuid7()
    assert (one.version, one.variant) == (7, uuid.RFC_4122)


def test_ids_do_not_repeat() -> None:
    assert len({ids.uuid7() for _ in range(100_000)}) == 100_000


def test_ids_sort_as_they_were_made_within_a_millisecond_too() -> None:
    made = [ids.uuid7() for _ in range(100_000)]
    assert made == sorted(made)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = ids.uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


@few
@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_ids_sort_by_the_millisecond_they_were_made_in(first: int, second: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = {}
        for at in (first, second):
            patch.setattr(ids.time, "time_ns", lambda at=at: at * 1_000_000 + 999_999)
            made[at] = ids.uuid7()
    for form in (lambda i: i.int, str, lambda i: i.bytes, lambda i: i.hex):
        if first != second:
            assert (form(made[first]) < form(made[second])) == (first < second)

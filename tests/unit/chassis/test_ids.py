"""Ids: unique, of version 7, in the order in which they are made."""

from __future__ import annotations

import os
import time
import uuid

from services.chassis import ids


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


def test_ids_sort_alike_as_numbers_text_and_bytes() -> None:
    made = [ids.uuid7() for _ in range(1000)]
    for form in (lambda i: i.int, str, lambda i: i.bytes, lambda i: i.hex):
        assert sorted(made, key=form) == made


def test_an_id_is_of_the_standard_librarys_class_which_the_database_takes() -> None:
    assert type(ids.uuid7()) is uuid.UUID


def test_a_forked_process_makes_other_ids() -> None:
    ids.uuid7()
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, "".join(ids.uuid7().hex for _ in range(100)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        text = answer.read()
    theirs = {text[start : start + 32] for start in range(0, len(text), 32)}
    assert len(theirs) == 100
    # the random part: two processes may share a millisecond
    assert not {each[-12:] for each in theirs} & {ids.uuid7().hex[-12:] for _ in range(100)}

"""Tracking codes."""

import re

from services.chassis import tracking


def test_a_code_is_long_random_and_easy_to_read_out():
    codes = {tracking.new_code(length=26) for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch("[A-HJ-NP-Z2-9]{26}", code) for code in codes)
    assert len(set("".join(codes))) == 32


def test_a_code_opens_only_what_it_was_made_for_however_it_is_typed():
    code = tracking.new_code(length=26)
    kept = tracking.digest(code)
    assert tracking.matches(code, kept)
    assert tracking.matches(f" {code.lower()} ", kept)
    assert tracking.matches(f"{code[:13]}-{code[13:]}", kept)
    assert not tracking.matches(tracking.new_code(length=26), kept)
    assert not tracking.matches("", kept)


def test_what_is_kept_does_not_hold_the_code():
    code = tracking.new_code(length=26)
    assert len(tracking.digest(code)) == 32
    assert code.encode() not in tracking.digest(code)


def test_a_code_may_be_made_in_groups():
    assert re.fullmatch("([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}", tracking.new_code(length=16, group=4))

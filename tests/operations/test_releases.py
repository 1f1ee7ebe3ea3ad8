"""Releases go forward and back under load. The long form: `make operations SUBJECT=releases`."""

import pytest

from tests.operations import measure, releases

#: beyond what the subject itself waits for: its figures say what is wrong, a time-out here does not
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_release_rolls_forward_back_and_forward_under_load_and_no_request_fails() -> None:
    assert not measure(releases, short=True)

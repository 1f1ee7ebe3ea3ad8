"""A database restored under load gives no number, no SMS and no account twice. All services and PITR: `make operations SUBJECT=restore`."""

import pytest

from tests.operations import measure, restore

#: beyond what the subject itself waits for: its figures say what is wrong, a time-out here does not
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def test_databases_restored_under_load_lose_nothing_and_do_nothing_twice_once_after_restore_has_run() -> None:
    assert not measure(restore, short=True)

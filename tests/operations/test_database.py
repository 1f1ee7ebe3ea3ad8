"""A database that is away costs nobody anything but time. For longer: `make operations SUBJECT=database`."""

import pytest

from tests.operations import database, measure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_read_only_ddl_a_hang_failover_and_a_pooler_under_load_lose_double_and_park_nothing() -> None:
    assert not measure(database, short=True)

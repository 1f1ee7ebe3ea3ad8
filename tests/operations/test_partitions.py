"""A network that is cut, narrow or slow loses and doubles nothing. A hundred partitions: `make operations SUBJECT=partitions`."""

import pytest

from tests.operations import measure, partitions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_partitions_between_services_broker_and_database_under_load_lose_nothing_and_double_nothing() -> None:
    assert not measure(partitions, short=True)

"""No other agency can stop us. With measured rates: `make operations SUBJECT=agencies`."""

import pytest

from tests.operations import agencies, measure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_queues_that_refuse_or_are_never_read_and_idle_connections_of_agencies_hold_up_and_double_nothing() -> None:
    assert not measure(agencies, short=True)

"""What a broker loses by an operator's mistake is told again. All mistakes: `make operations SUBJECT=losses`."""

import pytest

from tests.operations import losses, measure

pytestmark = pytest.mark.timeout(400)


def test_facts_lost_with_a_queue_or_a_virtual_host_under_load_are_told_again_by_the_command_that_the_alarm_names() -> None:
    assert not measure(losses, short=True)

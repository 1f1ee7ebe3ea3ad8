"""A broker that blocks stops no request and loses or doubles nothing. Five minutes of it: `make operations SUBJECT=broker`."""

import pytest

from tests.operations import broker, measure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_dossiers_filed_while_the_broker_blocks_are_decided_once_when_it_goes_on() -> None:
    assert not measure(broker, short=True)

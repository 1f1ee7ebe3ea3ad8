"""Services may be deployed in any order. All orders that matter: `make operations SUBJECT=orders`."""

import pytest

from playground.system import SERVICES
from tests.operations import measure, orders
from tests.operations.sequences import smallest_cover, uncovered

pytestmark = pytest.mark.timeout(400)


def test_seven_orders_of_five_services_contain_every_ordered_triple() -> None:
    cover = smallest_cover(SERVICES)
    assert (len(cover), uncovered(cover, SERVICES, 3)) == (7, set())


def test_without_one_of_them_some_triple_is_missing() -> None:
    cover = smallest_cover(SERVICES)
    assert all(uncovered([order for order in cover if order != left_out], SERVICES, 3) for left_out in cover)


def test_what_was_told_before_a_service_was_deployed_reaches_it() -> None:
    assert not measure(orders, short=True)

"""A short form of the fuzzer, with the same seed each time; the long one is ``make fuzz``."""

from pathlib import Path

import pytest

from services.chassis.testing import RabbitNode
from tests.fuzz.run import run
from tests.stand.place import Place

pytestmark = [pytest.mark.timeout(200), pytest.mark.slow]


def test_random_and_mutated_messages_stop_no_consumer_and_cost_no_good_message(
    rabbit: RabbitNode, amqp_uri: str, postgres_url: str, tmp_path: Path
) -> None:
    place = Place(amqp_uri, postgres_url, tmp_path)
    try:
        result = run(place, 2_000, seed=20_261_121, timeout_seconds=150)
    finally:
        place.end()
    result.write(Path(".run/fuzz/messages_short.json"), count=2_000, seed=20_261_121)
    assert result.faults == []
    assert (result.lost, result.doubled) == (0, 0)
    assert result.handled >= result.good > 900
    assert result.parked > 500

"""Nothing is lost and nothing is doubled, whatever is killed or stopped. The long form of this is ``make chaos``."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.chaos import Chaos, Plan

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

Run = Callable[[Plan, str], Chaos]


@pytest.fixture
def chaos(rabbit: RabbitNode, postgres: PostgresNode, amqp_uri: str, tmp_path: Path) -> Iterator[Run]:
    """A run on fresh ground; its programs never outlive the test."""
    runs: list[Chaos] = []

    def run(plan: Plan, database: str) -> Chaos:
        node = postgres.start() if database == "postgresql" else None
        runs.append(Chaos(plan, rabbit.start(), amqp_uri, node, tmp_path))
        runs[-1].run()
        runs[-1].stop()
        runs[-1].count()
        return runs[-1]

    yield run
    for one in runs:
        one.close()


def test_killing_consumer_producer_broker_and_database_and_stopping_under_load_loses_and_doubles_nothing(chaos: Run) -> None:
    run = chaos(Plan(facts=2_000, kills=8, stops=4, seed=11, per_second=150), "postgresql")
    report = run.report
    report.write("kills_and_stops_short")
    assert (report.lost, report.doubled, report.parked) == (0, 0, 0)
    assert (report.kills, report.stops, report.details["filed"]) == (8, 4, 2_000)


def test_on_sqlite_poison_among_kills_is_parked_alone_and_comes_through_after_the_mend(chaos: Run) -> None:
    run = chaos(Plan(facts=1_200, kills=3, stops=3, seed=12, per_second=150, poison=0.01), "sqlite")
    report = run.report
    assert (report.lost, report.doubled) == (0, 0)
    assert report.parked == report.expected_parked == 12
    assert report.details["parked_by_reason"] == {
        "handler_error": 3,
        "undecodable": 3,
        "unknown_type": 3,
        "unknown_version": 3,
    }
    run.mend_and_replay()
    run.stop()
    report = run.count()
    report.write("poison_short")
    assert (report.lost, report.doubled, report.parked) == (0, 0, 0)
    assert report.details["handled"] == 1_200 + 9

"""One host's clock is wrong, or too many rows come due at once: nothing goes that people handed in. All of it: `make operations`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.program import environment_with
from services.chassis.database import Database
from services.chassis.testing.processes import wait_until
from services.registration.service import Registration
from tests.operations import clock, measure
from tests.stand.migrated import migrate

pytestmark = pytest.mark.timeout(120)


@pytest.mark.slow
def test_a_host_eleven_days_ahead_deletes_nothing_and_raises_an_alarm() -> None:
    assert measure(clock, short=True) == []


@pytest.fixture
def lonely(sqlite_url: str) -> Iterator[Database]:
    """A SQLite database: there is no second clock to ask."""
    database = Database(sqlite_url)
    migrate(database, Registration.migrations)
    yield database
    database.dispose()


def test_on_sqlite_the_number_of_rows_stops_a_clock_that_is_ahead_until_an_operator_has_looked(
    lonely: Database, amqp_uri: str, tmp_path: Path
) -> None:
    clock.fill(lonely)
    ahead = clock.moved(11)
    with clock.registration(tmp_path, amqp_uri, str(lonely.url), DRAFT_DAYS=30, **ahead) as running:
        program = running[0]
        (starts,) = program.events("service_starts")
        assert (starts["environment"], starts["broker"].partition("/")[0]) == (
            "development",
            amqp_uri.split("@")[1].partition("/")[0],
        )
        assert "guest" not in str(starts), "neither user nor password are logged"
        program.until(lambda: {"expire_declarations"} <= {each["kind"] for each in program.events("sweep_held")}, "held")
        assert {each["reason"] for each in program.events("sweep_held")} == {"rows"}
        assert clock.left(lonely) == clock.PEOPLE + clock.DRAFTS
        vss = environment_with({"DATABASE_URL": str(lonely.url), **ahead})
        assert clock.vss(vss, "sweeps", "list", "-s", "registration").returncode == 1
        assert (
            clock.vss(vss, "sweeps", "allow", "expire_declarations", "-s", "registration", "--rows", "1000").returncode == 0
        )
        assert wait_until(lambda: clock.left(lonely) == clock.PEOPLE + clock.DRAFTS - 1_000, 20)
        assert wait_until(lambda: clock.left(lonely) == clock.DRAFTS, 20), "what is left is a usual number"

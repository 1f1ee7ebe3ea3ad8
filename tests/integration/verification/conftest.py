"""A bureau of the test's own, on both kinds of database."""

from collections.abc import Iterator

import pytest

from tests.integration.verification.desk import Desk


@pytest.fixture
def bureau(database_url: str) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL."""
    made = Desk(database_url)
    yield made
    made.check_clocks()
    made.close()


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Desk]:
    """On SQLite only: for rules to which the database makes no difference."""
    made = Desk(sqlite_url)
    yield made
    made.check_clocks()
    made.close()

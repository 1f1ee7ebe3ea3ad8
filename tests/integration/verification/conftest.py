"""A bureau of the test's own, on both kinds of database."""

from collections.abc import Iterator

import pytest

from tests.integration.verification.verification_stand import Bureau


@pytest.fixture
def bureau(database_url: str) -> Iterator[Bureau]:
    """On SQLite and on PostgreSQL."""
    made = Bureau(database_url)
    yield made
    made.close()


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Bureau]:
    """On SQLite only: for rules to which the database makes no difference."""
    made = Bureau(sqlite_url)
    yield made
    made.close()

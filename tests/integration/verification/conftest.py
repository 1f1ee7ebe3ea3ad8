"""A bureau of the test's own, on both kinds of database."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the stand is a plain module beside the tests

from verification_stand import Bureau


@pytest.fixture
def bureau(database_url: str) -> Iterator[Bureau]:
    """On SQLite and on PostgreSQL."""
    made = Bureau(database_url)
    yield made
    made.db.dispose()


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Bureau]:
    """On SQLite only: for rules to which the database makes no difference."""
    made = Bureau(sqlite_url)
    yield made
    made.db.dispose()

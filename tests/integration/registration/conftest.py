"""Desks on both databases, and a clock that moves."""

from types import SimpleNamespace

import pytest

from tests.integration.registration.desk import CHILD, FORM, PARENT, Desk, merged, picture
from tests.stand.later import Later


@pytest.fixture
def form():
    """The guide's example, and a child's."""
    return SimpleNamespace(person=FORM, child=CHILD, parent=PARENT, merged=merged, picture=picture)


@pytest.fixture
def make_desk(database_url):
    """Makes a desk with settings; on both databases."""
    made = []

    def make(**settings):
        made.append(Desk(database_url, **settings))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture
def lite(tmp_path):
    """A desk on SQLite alone: for what never gets as far as the database."""
    made = Desk(f"sqlite:///{tmp_path / 'lite.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def later(tmp_path):
    """Moves the clock: later(days=8)."""
    clock = Later(tmp_path / "offset")
    yield clock
    clock.end()

"""Desks on both databases, and a clock that moves."""

from datetime import datetime

import pytest

from services.chassis.calendar import VIETNAM
from tests.integration.feedback.desk import Desk
from tests.stand.later import Later


@pytest.fixture
def make_desk(database_url):
    """Makes a desk with settings; on both databases."""
    made: list[Desk] = []

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
def make_lite(tmp_path):
    """Makes a desk on SQLite alone: for what does not depend on the database."""
    made: list[Desk] = []

    def make(**settings):
        made.append(Desk(f"sqlite:///{tmp_path / f'lite{len(made)}.sqlite3'}", **settings))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def lite(make_lite):
    return make_lite()


@pytest.fixture
def later(tmp_path):
    """The movable clock; it begins on Monday, 2 November 2026, at 9 o'clock: no public holiday for weeks."""
    move = Later(tmp_path / "offset")
    move.to(datetime(2026, 11, 2, 9, tzinfo=VIETNAM))
    yield move
    move.end()

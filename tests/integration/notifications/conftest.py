"""A desk on each kind of database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.integration.notifications import callbacks
from tests.integration.notifications.desk import Desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def http(desk: Desk) -> FlaskClient:
    return callbacks.client(desk)


@pytest.fixture
def make_desk(database_url: str) -> Iterator[Callable[..., Desk]]:
    """Make the desk with settings of one's own."""
    made: list[Desk] = []

    def make(**settings: Any) -> Desk:
        made.append(Desk(database_url, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()

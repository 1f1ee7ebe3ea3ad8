"""A desk on each kind of database."""

from collections.abc import Iterator

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

"""A service that is started again after a newer release: it serves, and says so where operators look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.testing import free_port
from services.registration.service import Registration
from tests.stand.place import Place, fresh_place


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with fresh_place(request, "postgresql", tmp_path) as made:
        database = Database(made.database_url)
        database.migrate(Registration.migrations)
        with database.write() as session:
            session.execute(sa.text("UPDATE chassis_schema SET version_num = 'a_later_one'"))
        database.dispose()
        yield made


def test_a_service_serves_on_a_newer_schema_and_says_so_in_log_and_readiness(place: Place) -> None:
    port = free_port()
    service = place.start("registration", HTTP_ADDRESS=f"127.0.0.1:{port}").ready()
    (said,) = service.events("schema_is_newer")
    assert "chassis a_later_one (known here: 0" in said["state"]
    answer = requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "a newer release has migrated the database: chassis a_later_one" in answer.json()["parts"]["schema"]["problem"]
    assert requests.get(f"http://127.0.0.1:{port}/registration/offices", timeout=10).status_code == 200


def test_a_service_refuses_a_database_that_has_lost_what_it_uses(place: Place) -> None:
    database = Database(place.database_url)
    with database.write() as session:
        session.execute(sa.text("UPDATE chassis_schema SET oldest = 'one_it_lacks'"))
    service = place.start("registration")
    assert service.wait() == 3
    assert "for programs that know revision one_it_lacks" in service.output

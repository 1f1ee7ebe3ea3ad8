"""Settings where there are no resources: rules and handlers ask the session."""

from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.resources import Resources, settings_of
from services.chassis.settings import ChassisSettings, setting


class TownSettings(ChassisSettings, service="town", http_address="127.0.0.1:1"):
    """One of its own."""

    days: int = setting(default=10, help="days", minimum=1)


class OtherSettings(ChassisSettings, service="other", http_address="127.0.0.1:2"):
    """Another service's."""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'town.sqlite3'}")


def test_a_session_knows_the_settings_that_the_process_runs_under(database: Database) -> None:
    Resources("town", TownSettings(days=3), database)
    with database.write() as session:
        assert settings_of(session, TownSettings).days == 3
    with database.read() as session:
        assert settings_of(session, ChassisSettings).service == "town"


def test_without_settings_nothing_is_counted_by_defaults(database: Database) -> None:
    with database.read() as session, pytest.raises(RuntimeError, match="without the service's settings"):
        settings_of(session, TownSettings)


def test_another_services_settings_are_not_taken_for_its_own(database: Database) -> None:
    Resources("other", OtherSettings(), database)
    with database.read() as session, pytest.raises(TypeError, match="not the settings"):
        settings_of(session, TownSettings)

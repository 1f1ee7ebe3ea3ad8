"""Of everything that a service stores it is said how long, why, and what ends it; docs/privacy.md says the same."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.bus.background import PRUNE_JOBS
from services.chassis.bus.extensions import prunings
from services.chassis.database import Database
from services.chassis.discovery import load
from services.chassis.resources import Resources
from services.chassis.retention import Kept
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.settings import Secret, settings_class
from services.chassis.web.extension import PRUNINGS
from tests.stand.migrated import migrate
from tests.stand.scripts import script

SERVICES = ("registration", "verification", "accounts", "feedback", "notifications")
_ROOT = Path(__file__).resolve().parents[2]
#: ends by facts and requests, not by time: `registration/declarations/erasure.py`, `chassis/bus/erasure.py`
_BY_MATTER = {"matter", "erasure"}

pytestmark = pytest.mark.rule("P1")


def retention(name: str) -> tuple[Kept, ...]:
    found: tuple[Kept, ...] = importlib.import_module(f"services.{name}.retention").RETENTION
    return found


def ends_of(name: str, tmp_path: Path) -> set[str]:
    """The names of all sweeps and prunings that the service runs."""
    service: Any = load(name)
    database = Database(f"sqlite:///{tmp_path / name}.sqlite3")
    resources = Resources(name, service.settings(**_secrets(name)), database)
    return {sweep.name for sweep in service.sweeps.of(resources)} | {
        pruning.name for pruning in (*prunings(service, resources.settings), *PRUNINGS, PRUNE_JOBS)
    }


def _secrets(name: str) -> dict[str, Any]:
    keys = generate_keypair()
    return {
        "notifications": {"seal_private_key": keys.private_key},
        "accounts": {"seal_public_key": Secret(keys.public_key), "secrets_key": generate_key()},
    }.get(name, {})


@pytest.mark.parametrize("name", SERVICES)
def test_every_table_of_a_service_is_named_where_it_says_what_it_keeps_and_why(name: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / name}.sqlite3")
    service: Any = load(name)
    migrate(database, service.migrations)
    engine = sa.create_engine(database.url)
    tables = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    assert {table for kept in retention(name) for table in kept.tables} == tables


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_to_end_data_runs_in_the_service_and_every_sweep_that_forgets_is_named(name: str, tmp_path: Path) -> None:
    running = ends_of(name, tmp_path)
    named = {end for kept in retention(name) for end in kept.ended_by} - _BY_MATTER
    assert named <= running
    # numbers of dossiers, and keys: about no person
    forgetting = {sweep for sweep in running if sweep.startswith(("forget_", "erase_", "expire_", "delete_", "prune_"))}
    assert forgetting - named <= {"forget_ended", "forget_signing_keys"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_period_is_a_number_of_days_or_a_setting_that_the_service_has(name: str) -> None:
    variables = settings_class(load(name)).variables()
    for kept in retention(name):
        assert kept.setting is None or kept.setting in variables, kept
        assert kept.why
        assert kept.since


def test_the_page_for_people_says_what_the_services_declare(capsys: pytest.CaptureFixture[str]) -> None:
    assert script("retention").main(["--check"]) == 0, capsys.readouterr().err

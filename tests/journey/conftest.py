"""One system on SQLite and one on PostgreSQL for all journeys; those that move its clock come last."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground import least_rights
from playground.stage import Stage
from playground.system import SERVICES, System
from services.chassis.testing import RabbitNode
from tests.stand.eavesdropper import Eavesdropper

_HERE = Path(__file__).resolve().parent
_LOGS = _HERE.parents[1] / ".run" / "journey"
_DATABASES = ["sqlite", "postgresql"]
_SHOWN = 30
#: journeys of which `make test` has those on PostgreSQL, `make test-slow` those on SQLite too. Every route, outcome and clock is
#: met on both; what these show besides, a service's own tests (on SQLite) and the chassis' (on both) show part by part
_ON_POSTGRESQL = {
    "test_journey_absences",
    "test_journey_accounts",
    "test_journey_births",
    "test_journey_complaints",
    "test_journey_complaints_apart",
    "test_journey_complaints_watched",
    "test_journey_erasure",
    "test_journey_offices",
    "test_journey_papers",
    "test_journey_password_astray",
    "test_journey_progress",
    "test_journey_run",
    "test_journey_secrets",
    "test_journey_staff",
    "test_journey_strangers",
}
#: what is tried again, or looked for now and then, shall not keep a test waiting; ten services that look for facts of their
#: sister processes twenty times a second, as they do unless told otherwise, take a fifth of a core from everybody
_EXTRA = {
    "RETRY_DELAYS_SECONDS": "1,2,5",
    "SWEEP_SECONDS": "0.5",
    "RELAY_POLL_SECONDS": "1",
    # a new key is published ten minutes before it signs; a clock that jumps over them would have it sign before the other
    # services could have read it (how keys are replaced: tests/integration/accounts)
    "ACCOUNTS_SIGNING_KEY_DAYS": "3650",
    "REGISTRATION_REPORT_RECIPIENTS": "lanh-dao.tien-do@bhxh.example",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys that move the clock after all others, which need not know how late it is; what `make test` leaves out on SQLite."""
    items.sort(key=lambda item: item.path.parent == _HERE and "moving_stage" in getattr(item, "fixturenames", ()))
    for item in items:
        if item.path.parent == _HERE and item.path.stem in _ON_POSTGRESQL and "[sqlite" in item.name:
            item.add_marker(pytest.mark.slow)


@contextmanager
def _running(request: pytest.FixtureRequest, folder: Path) -> Iterator[Stage]:
    rabbit: RabbitNode = request.getfixturevalue("rabbit")
    vhost = f"journey-{request.param}"
    urls: dict[str, str] = {}
    logs = list(request.getfixturevalue("rabbit").logs)
    if request.param == "postgresql":
        node = request.getfixturevalue("postgres").start()
        logs += node.logs
        urls = {service: node.create_database(f"journey_{service}") for service in SERVICES}
    uri = rabbit.start().create_vhost(vhost)
    # a folder of its own each time: pytest takes a system down and starts it again when the tests between want another
    place = Path(tempfile.mkdtemp(prefix=f"{vhost}-", dir=folder))
    users = least_rights.grant(rabbit, uri)
    system = System(place, amqp_uri=uri, users=users, database_urls=urls, extra=_EXTRA)
    try:
        with system:
            stage = Stage(system)
            heard = Eavesdropper(system, stage.web, logs=logs)
            stage.begin_in_the_morning()
            yield stage
            _nothing_personal_shows(system, heard)
    finally:
        _keep_logs(system)
    rabbit.start().delete_vhost(vhost)


def _nothing_personal_shows(system: System, heard: Eavesdropper) -> None:
    """Fail if a name, code, phone, address, password or token of any journey shows in logs, metrics, addresses, public facts or refusals."""
    leaks = heard.leaks()
    folder = _kept(system)
    (folder / "leaks.json").write_text(json.dumps(heard.figures(), indent=2) + "\n")
    shown = [f"{leak.kind} {leak.word!r} in {place}: {leak.text}" for place, leak in leaks]
    if shown:
        pytest.fail(f"{len(shown)} leaks\n" + "\n".join(shown[:_SHOWN]), pytrace=False)


def _keep_logs(system: System) -> None:
    """Where whoever wonders why a journey failed can read them: the last run's, in .run/journey."""
    kept = _kept(system)
    for program in system.programs.values():
        if program.log.exists():
            shutil.copy(program.log, kept)


def _kept(system: System) -> Path:
    folder = _LOGS / system.folder.name.rpartition("-")[0]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="package", params=_DATABASES)
def stage(request: pytest.FixtureRequest, nodes_folder: Path) -> Iterator[Stage]:
    """The whole system. Whoever stops a part of it starts it again, and moves its clock only as `moving_stage`."""
    with _running(request, nodes_folder) as running:
        yield running


@pytest.fixture
def moving_stage(stage: Stage) -> Stage:
    """The same system, in which time passes: each test goes on from the day where the one before has ended."""
    return stage

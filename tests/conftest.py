"""Servers for the whole run, started when the first test asks for them; a fresh corner for each test.

A missing server is a failure with the line that installs it, never a skip: a run that left out
the broker would prove nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from services.chassis.testing import PostgresNode, RabbitNode

_HERE = Path(__file__).parent
#: folders of tests/integration whose tests always meet both kinds of database
_ON_BOTH = ("chassis", "http")
#: what takes long for its number of tests, in the order in which it begins; the others follow, the files with most tests first.
#: No more than two whole systems start at a time: while the journeys begin, a third worker has what needs nothing but a processor
_FIRST = (
    "journeys postgresql",
    "journeys sqlite",
    "browser",
    "tests/integration/feedback/test_feedback_properties.py",
    "tests/integration/feedback/test_feedback_periodic.py",
    "tests/integration/feedback/test_feedback_permissions.py",
    "tests/unit/chassis/test_facts_evolution.py",
    "tests/integration/feedback/test_feedback_reports.py",
    "tests/integration/accounts/test_accounts_passwords.py",
    "tests/faults/test_dossiers.py",
    "tests/operations/test_orders.py",
    "tests/operations/test_losses.py",
    "tests/integration/chassis/test_previous_schema.py",
    "tests/integration/demo/test_demo_system.py",
    "tests/integration/accounts/test_accounts_process.py",
    "tests/integration/chassis/test_jobs_rows.py",
    "tests/integration/notifications/test_notifications_process.py",
    "tests/integration/chassis/test_stop.py",
    "tests/integration/chassis/test_subscriber.py",
    "tests/integration/chassis/test_topology.py",
    "tests/integration/chassis/test_start.py",
    "tests/integration/accounts/test_accounts_devices.py",
)
_DATABASE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]")

# properties hold however busy the machine is: what they take is no failure
settings.register_profile("vss", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("vss")

# many tests start services as processes: each would compile every module anew. (A folder of compiled modules of the tests' own
# would begin without the ones that the packages have come with: a minute of compiling for a fresh clone's first run.)
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """Each folder below tests/ is a marker: `pytest -m unit`; `rule` ties a test to the law."""
    for folder in _folders():
        config.addinivalue_line("markers", f"{folder}: the tests below tests/{folder}/")
    config.addinivalue_line("markers", "slow: minutes of waiting for crashes and time-outs; `make test-slow`, and in CI")
    config.addinivalue_line("markers", "rule(*ids): the rules of the domain that the test enforces (docs/rules.md)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the folder it lies in."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            folder = item.path.relative_to(_HERE).parts[0]
            if folder in _folders():
                item.add_marker(folder)
            if _is_second_database(item):
                item.add_marker(pytest.mark.slow)


def _is_second_database(item: pytest.Item) -> bool:
    """A service's own tests on PostgreSQL: `make test` has them on SQLite, and journeys and the chassis on both."""
    folders = item.path.relative_to(_HERE).parts
    if folders[0] != "integration" or folders[1] in _ON_BOTH:
        return False
    database = _DATABASE.search(item.nodeid)
    return database is not None and database[1] == "postgresql"


class _ByWhatIsShared(LoadScopeScheduling):
    """`pytest -n`: a file's tests go to one worker, and so do all journeys of a whole system on one kind of database, and all in a browser.

    What takes longest goes first, so that no worker is left alone with it at the end.
    """

    def _assign_work_unit(self, node: Any) -> None:
        long = next((scope for scope in _FIRST if scope in self.workqueue), None)
        if long is not None:
            self.workqueue.move_to_end(long, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file, _, rest = nodeid.partition("::")
        database = _DATABASE.search(rest)
        if file.startswith("tests/browser/"):
            return "browser"
        return f"journeys {database[1]}" if file.startswith("tests/journey/") and database else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Used for every `--dist`; xdist's own groups (3.8) do not reach pytest 9."""
    return _ByWhatIsShared(config, log)


def _folders() -> set[str]:
    return {path.name for path in _HERE.iterdir() if path.is_dir() and path.name[0] not in "_."}


@pytest.fixture(scope="session")
def nodes_folder() -> Iterator[Path]:
    """Where servers keep their data; unlike tmp_path other accounts (postgres) can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="vss-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def rabbit(nodes_folder: Path) -> Iterator[RabbitNode]:
    """The run's RabbitMQ. A test that kills it starts it again before it ends."""
    node = RabbitNode(nodes_folder / "rabbit").start()
    yield node
    node.kill()  # its data is thrown away


@pytest.fixture(scope="session")
def postgres(nodes_folder: Path) -> Iterator[PostgresNode]:
    """The run's PostgreSQL. A test that kills it starts it again before it ends."""
    node = PostgresNode(nodes_folder / "postgres").start()
    yield node
    node.kill()  # its data is thrown away


@pytest.fixture
def amqp_uri(rabbit: RabbitNode) -> Iterator[str]:
    """The address of an empty virtual host of the test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield rabbit.start().create_vhost(name)
    rabbit.start().delete_vhost(name)


@pytest.fixture
def postgres_url(postgres: PostgresNode) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield postgres.start().create_database(name)
    postgres.start().drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file of the test's own, not made yet."""
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both kinds of database, one after the other: the test runs twice."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url

"""How a database comes to its newest form: without alembic where nothing is left to do, and not in a service's process."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.database import Database, migrations
from services.chassis.errors import StartUpError
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
_STEP = '''"""A step."""

import os

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}


def upgrade() -> None:
    """Do it."""
    {work}
'''
_GREEN = """
import eventlet; eventlet.monkey_patch()
import sys
from pathlib import Path
from services.chassis.database import Database
from services.chassis.database.migrate import migrate_in_subprocess

database = Database(sys.argv[1])
eventlet.sleep(0)
try:
    migrate_in_subprocess(database, Path(sys.argv[2]))
except Exception as error:
    print(type(error).__name__, error)
with database.read() as session:
    print(session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'things'").all())
print("alembic" in sys.modules)
"""


@pytest.fixture
def scripts(tmp_path):
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    write(folder, "0001", work='op.create_table("things", sa.Column("id", sa.Integer(), primary_key=True))')
    return folder


def write(folder, revision, *, after=None, work="pass"):
    down = f'"{after}"' if after else None
    (folder / "versions" / f"{revision}.py").write_text(_STEP.format(revision=revision, down=down, work=work))


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'some.db'}"


def in_a_service(url, scripts):
    """What a service's process sees: lines."""
    command = [sys.executable, "-W", "ignore", "-c", _GREEN, url, str(scripts)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def tables(url):
    return set(sa.inspect(Database(url).engine).get_table_names())


def test_a_database_gets_the_steps_that_it_lacks_and_no_step_twice(url, scripts):
    Database(url).migrate(scripts)
    Database(url).migrate(scripts)
    assert {"things", "inbox", "outbox"} <= tables(url)
    write(scripts, "0002", after="0001", work='op.create_table("more", sa.Column("id", sa.Integer(), primary_key=True))')
    Database(url).migrate(scripts)
    assert "more" in tables(url)


def test_a_service_migrates_without_alembic_in_its_memory(url, scripts):
    assert in_a_service(url, scripts) == ["[('things',)]", "False"]
    assert in_a_service(url, scripts) == ["[('things',)]", "False"]


def test_a_step_that_fails_stops_a_service_with_the_reason_and_leaves_nothing(url, scripts):
    write(scripts, "0002", after="0001", work='op.execute("SELECT nonsense FROM nowhere")')
    said, found, _ = in_a_service(url, scripts)
    assert said.startswith("StartUpError migration of")
    assert "failed (OperationalError): nothing of this step was kept" in said
    assert found == "[]"


def test_a_migration_that_dies_stops_a_service(url, scripts):
    write(scripts, "0002", after="0001", work="os._exit(9)")
    said, found, _ = in_a_service(url, scripts)
    assert said == "StartUpError the migration died half-way"
    assert found == "[]"


def test_a_database_that_is_away_is_no_failed_step(scripts):
    command = [sys.executable, "-m", "services.chassis.database.migrate", str(scripts)]
    nowhere = f"postgresql+psycopg://vss:s3cret@127.0.0.1:{free_port()}/vss"
    done = subprocess.run(command, input=nowhere, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == os.EX_TEMPFAIL
    assert "refused" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_a_stop_meanwhile_does_not_tear_a_migration(url, scripts, tmp_path):
    begun = tmp_path / "begun"
    write(scripts, "0002", after="0001", work=f'open({str(begun)!r}, "w").close(); __import__("time").sleep(0.5)')
    command = [sys.executable, "-m", "services.chassis.database.migrate", str(scripts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as migration:
        assert migration.stdin is not None
        migration.stdin.write(url)
        migration.stdin.close()
        assert wait_until(begun.exists, 30)
        migration.terminate()
    assert migration.returncode == 0
    assert Database(url).is_migrated(scripts)


def test_a_failed_step_is_named_outside_a_service_too(url, scripts):
    write(scripts, "0002", after="0001", work='op.execute("SELECT nonsense FROM nowhere")')
    with pytest.raises(StartUpError, match=r"migration of .* failed \(OperationalError\)"):
        Database(url).migrate(scripts)


def test_steps_that_are_not_told_plainly_are_left_to_alembic(url, scripts):
    write(scripts, "0002", after="0001", work='op.create_table("more", sa.Column("id", sa.Integer(), primary_key=True))')
    step = scripts / "versions" / "0002.py"
    step.write_text(step.read_text().replace('down_revision = "0001"', 'down_revision = ("0001",)'))
    for _ in range(2):
        Database(url).migrate(scripts)
    assert "more" in tables(url)


@pytest.mark.parametrize("name", [*SERVICES, "chassis"])
def test_every_shipped_folder_of_steps_says_its_last_one_plainly(name):
    folder = Path(import_module(f"services.{name}").__path__[0]) / "migrations"
    last = max((folder / "versions").glob("0*.py"))
    assert migrations.steps_in(folder).last == last.name[:4]

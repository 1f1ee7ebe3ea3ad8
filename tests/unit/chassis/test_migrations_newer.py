"""What a program makes of a database that another release has migrated, earlier or later than its own."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.errors import StartUpError
from services.chassis.observe.health import Health

_STEP = '''"""A step."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
{more}


def upgrade() -> None:
    """Create a table."""
    op.create_table("things_{revision}", sa.Column("id", sa.Integer(), primary_key=True))
'''


def release(folder: Path, steps: int, *, first: int = 1, **more: str) -> Path:
    """The steps of a release with this many; `more`: further lines of a step, such as ``s0003='contract = "0002"'``."""
    versions = folder / f"release-{steps}" / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for number in range(first, steps + 1):
        revision, down = f"{number:04d}", f'"{number - 1:04d}"' if number > 1 else None
        text = _STEP.format(revision=revision, down=down, more=more.get(f"s{revision}", ""))
        (versions / f"{revision}.py").write_text(text)
    return versions.parent


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'some.db'}")


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def known_to_earlier(database: Database, part: str) -> str | None:
    with database.read() as session:
        known: str | None = session.scalar(sa.text(f"SELECT version_num FROM {part}_version"))
    return known


def test_a_program_serves_on_a_database_that_a_newer_release_has_migrated_and_says_so(
    database: Database, tmp_path: Path
) -> None:
    database.migrate(release(tmp_path, 3))
    older = release(tmp_path, 2)
    assert database.is_migrated(older)
    database.migrate(older)
    said = database.newer_schema(older)
    assert said == "a newer release has migrated the database: service 0003 (known here: 0002). This one serves on it"
    assert "things_0003" in tables(database)


def test_readiness_names_a_newer_schema_and_holds(database: Database, tmp_path: Path) -> None:
    older = release(tmp_path, 2)
    database.migrate(older)
    health = Health(reuse_seconds=0)
    health.add("schema", lambda: database.newer_schema(older), critical=False)
    assert health.report().as_json()["parts"]["schema"]["ok"]
    # while it serves
    database.migrate(release(tmp_path, 3))
    report = health.report()
    assert report.ready
    assert "service 0003" in report.as_json()["parts"]["schema"]["problem"]


def test_the_newer_release_goes_on_where_it_was_after_the_older_one_has_served(database: Database, tmp_path: Path) -> None:
    newer, older = release(tmp_path, 3), release(tmp_path, 2)
    for scripts in (older, newer, older, newer):
        database.migrate(scripts)
    assert database.newer_schema(newer) is None
    database.migrate(release(tmp_path, 4))
    assert "things_0004" in tables(database)


def test_a_program_refuses_a_database_that_has_lost_what_it_uses(database: Database, tmp_path: Path) -> None:
    # 0003 takes away what 0002 has made unnecessary: a program that knows 0002 does without
    newest = release(tmp_path, 3, s0003='contract = "0002"')
    database.migrate(newest)
    assert database.newer_schema(release(tmp_path, 2)) is not None
    too_old = release(tmp_path, 1)
    for ask in (database.is_migrated, database.migrate, database.newer_schema):
        with pytest.raises(
            StartUpError, match=r"at revision 0003 of the service's tables, for programs that know revision 0002"
        ):
            ask(too_old)


def test_release_0_2_finds_the_revision_it_knows_in_a_database_that_a_newer_one_has_made(
    database: Database, tmp_path: Path
) -> None:
    newest = release(tmp_path, 3, s0002='last_step_of = "0.2"')
    database.migrate(newest)
    assert known_to_earlier(database, "service") == "0002"
    assert known_to_earlier(database, "chassis") == "0005"
    assert "things_0003" in tables(database)


@pytest.mark.parametrize("reached", ["0001", "0002", "0003"])
def test_a_database_of_an_earlier_release_goes_on_where_that_one_ended(
    database: Database, tmp_path: Path, reached: str
) -> None:
    newest = release(tmp_path, 4, s0002='last_step_of = "0.2"')
    with database.write() as session:
        session.execute(sa.text("CREATE TABLE service_version (version_num VARCHAR(32) PRIMARY KEY)"))
        session.execute(sa.text("INSERT INTO service_version VALUES (:reached)"), {"reached": reached})
    database.migrate(newest)
    made = {name for name in tables(database) if name.startswith("things_")}
    assert made == {f"things_{number:04d}" for number in range(int(reached) + 1, 5)}
    # so that it may go back to that one
    assert known_to_earlier(database, "service") == reached

"""What a real PostgreSQL says when it is read-only, full, fenced, restarted or changed beneath us, and what becomes of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from sqlalchemy import exc

from services.chassis.database import Database, Outage, is_contention, is_gone, outage_of
from services.chassis.testing import PostgresNode, StandbyNode, free_port
from services.chassis.testing.processes import wait_until
from services.registration.service import Registration
from tests.integration.http.desks import FORM
from tests.stand.place import fresh_place

_READ = sa.text("SELECT name FROM people WHERE id = :id")
_WRITE = sa.text("UPDATE people SET name = name WHERE id = :id RETURNING name")
_PID = sa.text("SELECT pg_backend_pid()")


@pytest.fixture
def name(postgres_url: str) -> str:
    return postgres_url.rpartition("/")[2]


@pytest.fixture
def db(postgres_url: str, postgres: PostgresNode, name: str) -> Iterator[Database]:
    """A database with one person in it, of whom this process has prepared what it asks."""
    postgres.execute("CREATE TABLE people (id bigint PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'An')", name)
    database = Database(postgres_url, pool_size=3)
    for _ in range(3):
        read(database)
        write(database)
    yield database
    database.dispose()


def read(database: Database) -> object:
    with database.read() as session:
        return session.scalar(_READ, {"id": 1})


def write(database: Database) -> object:
    with database.write() as session:
        return session.scalar(_WRITE, {"id": 1})


def pid(database: Database) -> object:
    with database.read() as session:
        return session.scalar(_PID)


def why(database: Database) -> str:
    """Write, and return why the database does not take that."""
    with pytest.raises(exc.SQLAlchemyError) as caught:
        write(database)
    outage = outage_of(caught.value)
    assert outage is not None, caught.value
    assert is_gone(caught.value)
    assert not is_contention(caught.value)
    return outage.name


def test_a_read_only_server_is_read_and_its_connections_are_not_used_for_writing_again(
    db: Database, postgres: PostgresNode, name: str
) -> None:
    told: list[Outage] = []
    db.on_outage(told.append)
    postgres.set_read_only(True, database=name)
    assert why(db) == "server_stops", "the sessions were ended"
    before = pid(db)
    assert why(db) == "read_only"
    assert pid(db) != before
    assert read(db) == "An"
    postgres.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    # sessions that began read-only stay so: a write finds out, and the next one has another
    assert why(db) == "read_only"
    assert write(db) == "An"
    assert [outage.name for outage in told] == ["server_stops", "read_only", "read_only"]


def test_whoever_looks_learns_that_the_server_is_read_only_and_leaves_no_session_that_stays_so(
    db: Database, postgres: PostgresNode, name: str
) -> None:
    assert db.refuses_writes() is None
    postgres.set_read_only(True, database=name)
    assert why(db) == "server_stops"
    assert "the server is read-only" in (db.refuses_writes() or "")
    postgres.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert write(db) == "An"
    assert db.refuses_writes() is None


def test_a_service_on_a_read_only_server_says_so_and_serves_what_it_can(
    request: pytest.FixtureRequest, postgres: PostgresNode, tmp_path: Path
) -> None:
    """Row 1 of inputs.md: readiness says it, and what cannot be written is answered 503."""
    with fresh_place(request, "postgresql", tmp_path) as place:
        database, port = Database(place.database_url), free_port()
        database.migrate(Registration.migrations)
        database.dispose()
        url, name = f"http://127.0.0.1:{port}", place.database_url.rpartition("/")[2]
        service = place.start("registration", HTTP_ADDRESS=f"127.0.0.1:{port}").ready()

        def degraded() -> bool:
            answer = requests.get(f"{url}/readyz", timeout=10)
            assert (answer.status_code, answer.json()["status"]) == (200, "ready")
            return "database_writes" in answer.json()["degraded"]

        assert not degraded()
        postgres.set_read_only(True, database=name)
        service.until(degraded, "said to be read-only")
        assert requests.get(f"{url}/registration/offices", timeout=10).status_code == 200
        refused = requests.post(f"{url}/registration/declarations", json=FORM, timeout=10)
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
        postgres.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        service.until(lambda: not degraded(), "said to take writes again")
        service.until(
            lambda: requests.post(f"{url}/registration/declarations", json=FORM, timeout=10).status_code == 201, "written to"
        )


def test_reads_do_not_notice_that_ddl_made_their_prepared_statements_useless(
    db: Database, postgres: PostgresNode, name: str
) -> None:
    before = pid(db)
    postgres.execute("ALTER TABLE people ALTER name TYPE varchar(40)", name)
    assert read(db) == "An"
    assert pid(db) != before, "a connection with such statements is closed"


def test_a_write_transaction_is_run_once_more_when_ddl_made_its_prepared_statements_useless(
    db: Database, postgres: PostgresNode, name: str
) -> None:
    def work(session: sa.orm.Session) -> object:
        tries.append(1)
        return session.scalar(_WRITE, {"id": 1})

    tries: list[int] = []
    postgres.execute("ALTER TABLE people ALTER name TYPE varchar(40)", name)
    assert db.transact(work) == "An"
    assert len(tries) == 2
    assert write(db) == write(db), "prepared again"
    postgres.execute("ALTER TABLE people ALTER name TYPE varchar(50)", name)
    assert why(db) == "prepared_statements_stale"
    assert write(db) == "An"


def test_prepared_statements_that_somebody_threw_away_cost_one_connection(db: Database) -> None:
    def forget() -> None:
        with db.read() as session:
            # unnoticed by the driver, as a pooler would do it
            session.execute(sa.text("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"))

    before = pid(db)
    forget()
    assert read(db) == "An"
    assert pid(db) != before
    assert write(db) == write(db)
    forget()
    assert why(db) == "prepared_statements_stale"
    assert write(db) == "An"


def test_a_session_that_an_administrator_ends_is_replaced(db: Database, postgres: PostgresNode, name: str) -> None:
    postgres.end_sessions(name)
    assert why(db) == "server_stops"
    assert write(db) == "An"


def test_a_role_whose_rights_were_taken_away_is_no_fault_of_what_it_wanted_to_write(
    postgres: PostgresNode, postgres_url: str, name: str
) -> None:
    postgres.execute("CREATE TABLE people (id bigint, name text); INSERT INTO people VALUES (1, 'An')", name)
    role = f"role_{name}"
    postgres.execute(f"CREATE ROLE {role} LOGIN; GRANT SELECT ON people TO {role}", name)
    database = Database(postgres_url.replace("postgres@", f"{role}@"))
    try:
        assert read(database) == "An"
        assert why(database) == "fenced"
        postgres.execute(f"ALTER ROLE {role} NOLOGIN", name)
        assert why(database) == "no_connection"
    finally:
        database.dispose()
        postgres.execute(f"REVOKE ALL ON people FROM {role}; DROP ROLE {role}", name)


def test_too_many_connections_is_nobodys_fault(db: Database, postgres: PostgresNode, name: str) -> None:
    role = f"few_{name}"
    postgres.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0", name)
    database = Database(db.url.set(username=role).render_as_string(hide_password=False))
    assert why(database) == "no_connection"
    postgres.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize(
    "setting", ["statement_timeout = '50ms'", "idle_in_transaction_session_timeout = '50ms'", "lock_timeout = '50ms'"]
)
def test_a_time_out_is_put_down_to_this_transaction_and_only_it_is_tried_again(
    db: Database, postgres: PostgresNode, name: str, setting: str
) -> None:
    with postgres.connect(name) as other:
        other.execute("BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(exc.DBAPIError) as caught, db.write() as session:
            session.execute(sa.text(f"SET LOCAL {setting}"))
            if setting.startswith("idle"):
                session.execute(sa.text("SELECT 1"))
                assert wait_until(lambda: _sessions(postgres, name) < 2, 5), "ended by the server"
            session.execute(_READ, {"id": 1})
    assert is_contention(caught.value), caught.value
    assert not is_gone(caught.value)
    assert write(db) == "An"


def _sessions(postgres: PostgresNode, name: str) -> int:
    where = f"datname = '{name}' AND state = 'idle in transaction' AND query = 'SELECT 1'"
    return 2 if postgres.execute(f"SELECT 1 FROM pg_stat_activity WHERE {where}") else 1


@pytest.fixture
def small_disk(nodes_folder: Path, postgres: PostgresNode) -> Iterator[Path]:
    """A folder of 24 MiB that the server can write to."""
    folder = nodes_folder / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "vss-small", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root only")
    try:
        subprocess.run(["chown", "postgres:", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError, match="No space"):
        while True:
            ballast.write(bytes(4096))


def test_a_sqlite_file_on_a_full_disk_is_read_and_takes_writes_again_when_there_is_room(small_disk: Path) -> None:
    database = Database(f"sqlite:///{small_disk / 'town.sqlite3'}")
    with database.write() as session:
        session.execute(sa.text("CREATE TABLE people (id bigint, name text)"))
        session.execute(sa.text("INSERT INTO people VALUES (1, 'An')"))
    fill(small_disk)
    with pytest.raises(exc.OperationalError) as caught, database.write() as session:
        session.execute(sa.text("INSERT INTO people VALUES (2, :name)"), {"name": "n" * 200_000})
    assert getattr(outage_of(caught.value), "name", None) == "disk_full", caught.value
    assert read(database) == "An"
    (small_disk / "ballast").unlink()
    assert write(database) == "An"
    database.dispose()


def test_a_full_disk_is_nobodys_fault_and_the_connection_is_kept(
    postgres: PostgresNode, small_disk: Path, postgres_url: str
) -> None:
    postgres.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    url = postgres.dsn("small")
    postgres.execute("CREATE DATABASE small TEMPLATE template0 TABLESPACE small")
    database = Database(url)
    try:
        with database.write() as session:
            session.execute(sa.text("CREATE TABLE people (id bigint, name text)"))
            session.execute(sa.text("INSERT INTO people SELECT 1, 'An' FROM generate_series(1, 1000)"))
        before = pid(database)
        fill(small_disk)
        assert why(database) == "disk_full"
        assert pid(database) == before
        assert read(database) == "An"
        (small_disk / "ballast").unlink()
        assert write(database) == "An"
    finally:
        database.dispose()
        postgres.drop_database("small")
        postgres.execute("DROP TABLESPACE small")


@pytest.mark.slow
def test_a_url_of_two_servers_follows_the_primary(nodes_folder: Path) -> None:
    with PostgresNode(nodes_folder / "old") as old, StandbyNode(nodes_folder / "new", old) as new:
        old.create_database("town")
        old.execute("CREATE TABLE people (id bigint, name text); INSERT INTO people VALUES (1, 'An')", "town")
        new.make_synchronous()
        hosts = f"host=127.0.0.1:{new.port}&host=127.0.0.1:{old.port}"
        database = Database(f"postgresql+psycopg://postgres@/town?{hosts}")
        assert write(database) == "An", "the standby, which is named first, takes no writes"
        old.kill()
        assert why(database) in ("connection_lost", "server_stops")
        assert why(database) == "no_connection"
        new.promote()
        assert write(database) == "An"
        database.dispose()

"""The script that PostgreSQL's image runs once: a role and a database for each service, closed to every other (law 1)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.chassis.database import Database
from services.chassis.database.ownership import NotMigrated
from services.chassis.discovery import load
from services.chassis.errors import StartUpError
from services.chassis.history import histories_of
from services.chassis.testing import PostgresNode

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_ROOT = Path(__file__).parents[3]
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")


def _run(postgres: PostgresNode, secrets: Path) -> subprocess.CompletedProcess[str]:
    where = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "POSTGRES_USER": "postgres", "SECRETS": str(secrets)}
    script = _ROOT / "deploy/postgres/10-databases.sh"
    return subprocess.run([script], env={"PATH": os.environ["PATH"], **where}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(postgres: PostgresNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresNode]:
    secrets = tmp_path_factory.mktemp("secrets")
    subprocess.run([_ROOT / "deploy/secrets.sh", secrets], check=True, capture_output=True)
    done = _run(postgres.start(), secrets)
    assert done.returncode == 0, done.stderr
    yield postgres
    for service in SERVICES:
        postgres.drop_database(service)
        with postgres.connect() as connection:
            connection.execute(f"DROP ROLE {service}")
            connection.execute(f"DROP ROLE {service}_owner")


def _connect(postgres: PostgresNode, role: str, database: str) -> None:
    psycopg.connect(host="127.0.0.1", port=postgres.port, user=role, dbname=database, connect_timeout=5).close()


def test_each_service_enters_its_own_database_and_no_other(made: PostgresNode) -> None:
    for role in SERVICES:
        for database in SERVICES:
            if role == database:
                _connect(made, role, database)
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    _connect(made, role, database)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_make_its_tables_there(made: PostgresNode, service: str) -> None:
    scripts = getattr(load(service), "migrations", None)
    url, owner = (made.dsn(service).replace("//postgres@", f"//{role}@") for role in (service, f"{service}_owner"))
    database = Database(url)
    with pytest.raises(NotMigrated, match="run `vss migrate SERVICE`"):
        database.migrate(scripts)
    Database(url, migration_url=owner).migrate(scripts)
    assert database.is_migrated(scripts)
    assert not database.is_owned()
    assert Database(owner).is_owned()
    database.dispose()


@pytest.mark.rule("V13", "V16")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_use_every_table_and_touch_no_history(made: PostgresNode, service: str) -> None:
    url, owner = (made.dsn(service).replace("//postgres@", f"//{role}@") for role in (service, f"{service}_owner"))
    loaded = load(service)
    Database(url, migration_url=owner).migrate(getattr(loaded, "migrations", None))
    rights: dict[str, str] = dict(
        made.execute(
            f"SELECT c.relname, concat_ws(' ', {', '.join(_may(right) for right in RIGHTS)}) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'".replace(
                ":user", service
            ),
            service,
        )
    )
    histories = {*histories_of(loaded), "history_links", "history_heads"}
    versions = {name for name in rights if name.endswith(("_schema", "_version"))}
    assert {name for name, can in rights.items() if can == "SELECT INSERT"} == histories
    assert {name for name, can in rights.items() if can == "SELECT"} == versions
    assert {can for name, can in rights.items() if name not in histories | versions} == {"SELECT INSERT UPDATE DELETE"}


@pytest.mark.parametrize("service", ["registration"])
def test_tables_of_before_are_handed_over_first(made: PostgresNode, service: str) -> None:
    made.execute(f"GRANT CREATE ON SCHEMA public TO {service}", service)
    url, owner = (made.dsn(service).replace("//postgres@", f"//{role}@") for role in (service, f"{service}_owner"))
    with psycopg.connect(host="127.0.0.1", port=made.port, user=service, dbname=service, autocommit=True) as connection:
        connection.execute("CREATE TABLE of_before (n int)")
    with pytest.raises(StartUpError, match=f"REASSIGN OWNED BY {service} TO {service}_owner"):
        Database(url, migration_url=owner).migrate(getattr(load(service), "migrations", None))
    made.execute(f"REASSIGN OWNED BY {service} TO {service}_owner", service)
    made.execute(f"REVOKE CREATE ON SCHEMA public FROM {service}", service)
    Database(url, migration_url=owner).migrate(getattr(load(service), "migrations", None))


def _may(right: str) -> str:
    return f"CASE WHEN has_table_privilege(':user', c.oid, '{right}') THEN '{right}' END"


def test_a_secret_of_another_form_is_told(postgres: PostgresNode, tmp_path: Path) -> None:
    (tmp_path / "postgres_roles").write_text("postgres://registration@postgres/registration")
    done = _run(postgres.start(), tmp_path)
    assert done.returncode == 1
    assert "postgres_roles: expected a line postgresql+psycopg://registration:" in done.stderr

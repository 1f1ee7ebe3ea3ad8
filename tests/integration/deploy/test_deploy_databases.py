"""The script that PostgreSQL's image runs once: a role and a database for each service, closed to every other (law 1)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.chassis.database import Database
from services.chassis.discovery import load
from services.chassis.testing import PostgresNode

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
    url = made.dsn(service).replace("//postgres@", f"//{service}@")
    database = Database(url)
    database.migrate(getattr(load(service), "migrations", None))
    database.ping()
    database.dispose()


def test_a_secret_of_another_form_is_told(postgres: PostgresNode, tmp_path: Path) -> None:
    (tmp_path / "postgres_roles").write_text("postgres://registration@postgres/registration")
    done = _run(postgres.start(), tmp_path)
    assert done.returncode == 1
    assert "postgres_roles: expected a line postgresql+psycopg://registration:" in done.stderr

"""Through PgBouncer: nothing is prepared in vain, and a lock that would not hold is refused at the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.chassis.bus.leadership import require_sessions
from services.chassis.database import Database, outage_of
from services.chassis.errors import StartUpError
from services.chassis.testing import PgBouncerNode, PostgresNode
from tests.stand.place import Place


@pytest.fixture(scope="module")
def pooler(nodes_folder: Path, postgres: PostgresNode) -> Iterator[PgBouncerNode]:
    with PgBouncerNode(nodes_folder / "pooler", postgres.start()) as node:
        yield node


def through(pooler: PgBouncerNode, url: str) -> str:
    return pooler.dsn(url.rpartition("/")[2])


def test_statements_of_connections_that_share_a_server_process_do_not_meet(pooler: PgBouncerNode, postgres_url: str) -> None:
    databases = [Database(through(pooler, postgres_url), pool_size=2) for _ in range(3)]
    databases[0].migrate()
    for _ in range(20):
        for position, database in enumerate(databases):
            with database.write() as session:
                # each would be the first statement of its connection, under the same name
                assert session.scalar(sa.text(f"SELECT {position} + CAST(:one AS int)"), {"one": 1}) == position + 1
            with database.read() as session:
                assert session.scalar(sa.text(f"SELECT 10 + {position}")) == 10 + position
    with databases[0].read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) == 0
    for database in databases:
        database.dispose()


def test_directly_statements_are_prepared(postgres_url: str) -> None:
    database = Database(postgres_url)
    for _ in range(3):
        with database.read() as session:
            prepared = session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements"))
    assert prepared
    database.dispose()


def test_a_pooler_that_starts_anew_is_an_outage(pooler: PgBouncerNode, postgres_url: str) -> None:
    database = Database(through(pooler, postgres_url))
    with database.write() as session:
        session.execute(sa.text("SELECT 1"))
    pooler.restart()
    with pytest.raises(exc.DBAPIError) as caught, database.write() as session:
        session.execute(sa.text("SELECT 1"))
    assert outage_of(caught.value)
    with database.write() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1
    database.dispose()


def test_a_server_that_stops_behind_the_pooler_is_an_outage(pooler: PgBouncerNode, postgres_url: str) -> None:
    database = Database(through(pooler, postgres_url))
    with pytest.raises(exc.DBAPIError) as caught, database.write() as session:
        session.execute(sa.text("SELECT 1"))
        pooler.command(f"KILL {postgres_url.rpartition('/')[2]}")
        session.execute(sa.text("SELECT 1"))
    assert outage_of(caught.value), caught.value
    pooler.command(f"RESUME {postgres_url.rpartition('/')[2]}")
    with database.write() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1
    database.dispose()


def test_a_pooler_of_transactions_is_refused_for_locks_of_a_session(
    pooler: PgBouncerNode, postgres_url: str, nodes_folder: Path
) -> None:
    url = through(pooler, postgres_url)
    with pytest.raises(StartUpError, match=r"transaction mode.*Set DATABASE_DIRECT_URL"):
        require_sessions(Database(url))
    require_sessions(Database(url, direct_url=postgres_url))
    require_sessions(Database(postgres_url))
    with PgBouncerNode(nodes_folder / "sessions", pooler.target, mode="session") as sessions:
        require_sessions(Database(through(sessions, postgres_url)))


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_service_says_at_its_start_what_is_missing_behind_a_pooler(place: Place, pooler: PgBouncerNode) -> None:
    url = through(pooler, place.database_url)
    refused = place.start(database_url=url)
    refused.until(lambda: "Set DATABASE_DIRECT_URL" in refused.output, "refused")
    place.start(database_url=url, DATABASE_DIRECT_URL=place.database_url).ready()

"""A virtual host and a database for a test's own services, with access to the facts handled there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from playground.program import Program, service
from services.chassis.testing import PostgresNode, RabbitNode
from services.chassis.testing.processes import wait_until
from tests.stand import broker
from tests.stand.messages import Message

DESK = "tests.integration.chassis.programs.desk:Desk"
ARCHIVE = "tests.integration.chassis.programs.desk:Archive"


class Handled(NamedTuple):
    """One handling of a fact; a fact handled twice appears twice."""

    id: str
    dossier_no: str
    tries: int
    envelope: dict[str, Any]


class Place:
    """The broker's virtual host and the database in which a test's services run."""

    def __init__(self, amqp_uri: str, database_url: str, folder: Path) -> None:
        self.amqp_uri = amqp_uri
        self.database_url = database_url
        self.folder = folder
        self.is_postgresql = database_url.startswith("postgresql")
        self.programs: list[Program] = []
        self._engine = sa.create_engine(database_url, poolclass=sa.NullPool)

    def start(self, ref: str = DESK, *arguments: str, **settings: Any) -> Program:
        """Start a service here; it is stopped with the place."""
        where = {"amqp_uri": self.amqp_uri, "database_url": self.database_url} | {
            name: settings.pop(name) for name in ("amqp_uri", "database_url") if name in settings
        }
        # tests listen to what a service tells anybody
        settings.setdefault("PLAIN_EVENTS", "true")
        program = service(ref, *arguments, folder=self.folder, **where, **settings)
        self.programs.append(program)
        return program

    def send(self, *messages: Message, queue: str | None = None) -> list[str]:
        """Send messages and return their ids."""
        broker.send(self.amqp_uri, messages, queue=queue)
        return [message.id for message in messages]

    def depth(self, queue: str) -> int:
        return broker.depth(self.amqp_uri, queue)

    def take(self, queue: str, count: int | None = None) -> list[broker.Taken]:
        return broker.take(self.amqp_uri, queue, count)

    def rows(self, query: str) -> list[Any]:
        """Return the rows of a query, read on a separate connection."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def handled(self) -> list[Handled]:
        """Return every handling so far, in commit order."""
        rows = self.rows("SELECT id, dossier_no, tries, envelope FROM handled ORDER BY seq")
        return [Handled(id_, dossier_no, tries, json.loads(envelope)) for id_, dossier_no, tries, envelope in rows]

    def held(self, state: str = "parked", **columns: Any) -> list[dict[str, Any]]:
        """Return the parked (or ``waiting``) rows with these column values, in order of first arrival."""
        where = "".join(f" AND {name} = '{value}'" for name, value in columns.items())
        query = f"SELECT * FROM held_messages WHERE state = '{state}'{where} ORDER BY first_seen_at, id"  # a test's own
        with self._engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(sa.text(query)).mappings()]
        return [row | {name: json.loads(row[name]) for name in ("headers", "properties")} for row in rows]

    def until_held(self, program: Program, count: int = 1, state: str = "parked", **columns: Any) -> list[dict[str, Any]]:
        """Wait until there are ``count`` such rows, and return them."""
        program.until(lambda: len(self.held(state, **columns)) >= count, f"{count} {state}")
        rows = self.held(state, **columns)
        assert len(rows) == count
        return rows

    def times_handled(self, ids: list[str]) -> list[int]:
        """Return how often each was handled."""
        every = [one.id for one in self.handled()]
        return [every.count(id_) for id_ in ids]

    def until_handled(self, program: Program, ids: list[str], seconds: float = 30) -> None:
        """Wait until each has been handled, and check that each was handled only once."""
        program.until(lambda: set(ids) <= {one.id for one in self.handled()}, f"all {len(ids)} handled", seconds)
        assert set(self.times_handled(ids)) <= {1}

    def end(self) -> None:
        for program in self.programs:
            program.kill()


@contextmanager
def fresh_place(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[Place]:
    """Yield a place with a database of this kind, and remove it afterwards."""
    rabbit: RabbitNode = request.getfixturevalue("rabbit")
    name = f"place_{uuid.uuid4().hex[:12]}"
    postgres: PostgresNode | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    url = postgres.start().create_database(name) if postgres else f"sqlite:///{folder / name}.sqlite3"
    place = Place(rabbit.start().create_vhost(name), url, folder)
    try:
        yield place
    finally:
        place.end()
        rabbit.start().delete_vhost(name)
        if postgres:
            postgres.start().drop_database(name)


def eventually(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait until a condition holds that no process reports."""
    assert wait_until(condition, seconds, interval_seconds=0.05), f"not {what} within {seconds:g} s"

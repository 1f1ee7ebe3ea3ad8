"""Two services in a row on a primary with a standby and a pooler, and the count of what they hold."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from playground.program import Program, service
from services.chassis.bus.held import State, held_messages, in_state
from services.chassis.database import Database
from services.chassis.testing import PgBouncerNode, PostgresNode, RabbitNode, StandbyNode, free_port
from services.chassis.testing.processes import wait_until
from tests.faults.pipeline.tables import cases, dossiers, metadata, reminders, replies, stamps

SERVICES = {"intake": "tests.faults.pipeline.counter:Counter", "office": "tests.faults.pipeline.office:Office"}
#: a database that is silent for so long hangs
ANSWER_SECONDS = 2
_REST_SECONDS = 90.0


class Town:
    """Two services, a broker, a primary with a synchronous standby, and a pooler that leads to the standby once it is promoted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rabbit = RabbitNode(folder / "rabbit").start()
        self.primary = PostgresNode(folder / "primary").start()
        for name in SERVICES:
            self.primary.create_database(name)
        self.standby = StandbyNode(folder / "standby", self.primary).start()
        self.standby.make_synchronous()
        self.pooler = PgBouncerNode(folder / "pooler", self.standby)
        for name in SERVICES:
            database = Database(self.url(name))
            database.migrate()
            metadata.create_all(database.engine)
            database.dispose()
        self.amqp_uri = self.rabbit.create_vhost("town")
        self.programs: dict[str, Program] = {}

    def url(self, name: str) -> str:
        """Whichever of the two servers takes writes."""
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in (self.primary, self.standby))
        return f"postgresql+psycopg://postgres@/{name}?{hosts}&target_session_attrs=read-write"

    def start(self, *, pooled: bool) -> int:
        """Start both services; the port where dossiers are handed in."""
        port = free_port()
        for name, ref in SERVICES.items():
            self.programs[name] = service(
                ref,
                folder=self.folder,
                amqp_uri=self.amqp_uri,
                database_url=self.pooler.dsn(name) if pooled else self.url(name),
                DATABASE_DIRECT_URL=self.url(name),
                DATABASE_ANSWER_SECONDS=ANSWER_SECONDS,
                HTTP_ADDRESS=f"127.0.0.1:{port}",
                START_SECONDS=60,
            )
        for program in self.programs.values():
            program.ready()
        return port

    def stop(self) -> None:
        for program in self.programs.values():
            assert program.stop() == 0, program.tail()

    def end(self) -> None:
        for program in self.programs.values():
            program.kill()
        for node in (self.pooler, self.standby, self.primary, self.rabbit):
            node.kill()


@contextmanager
def open_town() -> Iterator[Town]:
    # the account that runs PostgreSQL for root must reach it
    folder = Path(tempfile.mkdtemp(prefix="vss-operations-"))
    folder.chmod(0o755)
    town = Town(folder)
    try:
        yield town
    finally:
        town.end()
        shutil.rmtree(folder, ignore_errors=True)


def _numbers(database: Database, table: sa.Table) -> Counter[str]:
    with database.read() as session:
        return Counter(session.scalars(sa.select(table.c.dossier_no)))


def rest(town: Town, accepted: set[int]) -> None:
    """Until everything that was accepted has come through, or nothing moves any more."""
    intake = Database(town.url("intake"))

    def here() -> bool:
        try:
            done = [len(_numbers(intake, table)) for table in (replies, stamps)]
            with intake.read() as session:
                waiting = session.scalar(sa.select(sa.func.count()).where(reminders.c.reminded == 0))
        except exc.DBAPIError:
            return False
        return min(done) >= len(accepted) and not waiting

    wait_until(here, _REST_SECONDS, interval_seconds=0.2)
    intake.dispose()


def count(town: Town, accepted: set[int]) -> dict[str, Any]:
    databases = {name: Database(town.url(name)) for name in SERVICES}
    wanted = {f"D-{number}" for number in accepted}
    found = {
        "filed": _numbers(databases["intake"], dossiers),
        "cases": _numbers(databases["office"], cases),
        "replies": _numbers(databases["intake"], replies),
        "stamps": _numbers(databases["intake"], stamps),
    }
    parked = waiting = given_up = 0
    with databases["intake"].read() as session:
        unreminded = session.scalar(sa.select(sa.func.count()).where(reminders.c.reminded == 0)) or 0
        reminded = session.scalar(sa.select(sa.func.coalesce(sa.func.sum(reminders.c.reminded), 0))) or 0
        given_up = session.scalar(sa.text("SELECT count(*) FROM jobs WHERE state = 'given_up'")) or 0
    for database in databases.values():
        with database.read() as session:
            parked += session.scalar(sa.select(sa.func.count(held_messages.c.id)).where(in_state(State.PARKED))) or 0
            waiting += session.scalar(sa.select(sa.func.count(held_messages.c.id)).where(in_state(State.WAITING))) or 0
        database.dispose()
    return {
        "accepted": len(accepted),
        "lost": sum(len(wanted - numbers.keys()) for numbers in found.values()) + unreminded,
        "doubled": sum(numbers.total() - len(numbers) for numbers in found.values())
        + (reminded + unreminded - len(found["filed"])),
        "parked": parked,
        "waiting": waiting,
        "given_up": given_up,
    }

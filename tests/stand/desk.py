"""A service in the test's own process: its tables, handlers, HTTP, jobs and sweeps on a real database; only the bus is left out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.facts import Reader
from services.chassis.facts.envelope import Envelope
from services.chassis.ids import uuid7
from services.chassis.jobs import JobKind, JobRunner, State, counts
from services.chassis.recovery import ledger
from services.chassis.recovery.after_restore import Outcome, after_restore
from services.chassis.recovery.table import revision_base
from services.chassis.resources import Resources, collect
from services.chassis.sweeps import Guard, SweepRunner
from services.chassis.testing.documents import MemoryDocuments
from services.chassis.testing.processes import wait_until
from services.chassis.web.app import create_app
from services.chassis.web.auth import InvalidToken, Principal, Verifier
from tests.stand.migrated import migrate


class Told(NamedTuple):
    """A fact that was recorded; `public` is the text that other agencies get, empty if they get none."""

    fact: str
    body: dict[str, Any]
    public: str
    headers: dict[str, Any]

    @property
    def revision(self) -> int:
        return int(self.headers["cloudEvents:revision"])


#: owns nothing, and is in no other role
SERVICE_USER = "vss_service"
_MAKE_USER = sa.text(
    f"DO $$ BEGIN CREATE ROLE {SERVICE_USER} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
)


def opened_as_service(database_url: str) -> Database:
    """The database as a service gets it: on PostgreSQL by a user who owns no table; `migrate` works as the owner (decision 65)."""
    owner = sa.make_url(database_url)
    if owner.get_backend_name() != "postgresql":
        return Database(database_url)
    engine = sa.create_engine(owner, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(_MAKE_USER)
    return Database(owner.set(username=SERVICE_USER).render_as_string(hide_password=False), migration_url=database_url)


class Desk:
    """What every service's desk can do. A subclass names the service and its parts, and adds what its people do."""

    service: Any
    blueprints: Sequence[Any] = ()
    jobs: Sequence[Any] = ()
    sweeps: Sequence[Any] = ()

    def __init__(self, database_url: str, **settings: Any) -> None:
        outbox.publish_as(self.service.name)
        self.database_url = database_url
        self.db = opened_as_service(database_url)
        self.migrate()
        self.documents = MemoryDocuments()
        self.configure(**settings)

    def migrate(self) -> None:
        migrate(self.db, self.service.migrations)

    def configure(self, **settings: Any) -> None:
        """The same database under these settings, the others at their defaults."""
        self.resources: Resources[Any] = Resources(self.service.name, self.service.settings(**settings), self.db)
        self.resources.documents = self.documents  # in place of the real store
        self.app = create_app(
            self.resources, *self.blueprints, verifier=self.verifier(), staff_only=self.service.http.staff_only
        )
        self.client = self.app.test_client()

    def verifier(self) -> Verifier:
        """Who checks tokens; without another one, every token is refused."""

        def refuse(token: str) -> Principal:
            raise InvalidToken(f"{self.service.name} takes none here")

        return refuse

    def close(self) -> None:
        self.db.dispose()

    def repair(self, **options: Any) -> Outcome:
        """What `vss after-restore` does, and what the next start of the service's process does then."""
        outcome = after_restore(self.db, self.documents, self.service.name, getattr(self.service, "recovers", ()), **options)
        outbox.publish_as(self.service.name, revision_base=revision_base(self.db))
        return outcome

    def open(self, method: str, path: str, *, token: str | None = None, **options: Any) -> Any:
        """A request to the service, below its own path; its answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        return self.client.open(f"/{self.service.name}{path}", method=method, headers=headers, **options)

    # ------------------------------------------------------------ what the bus would do

    def handle(
        self,
        reader: type[Reader],
        body: dict[str, Any],
        *,
        id_: uuid.UUID | None = None,
        revision: int = 1,
        told_at: datetime | None = None,
    ) -> uuid.UUID:
        """Handle a fact of another service, told now or at another moment; its id."""
        subject = str(body.get("dossier_no") or body.get("account_id"))
        envelope = Envelope(
            id=id_ or uuid7(),
            source=f"/vss/{reader.service}",
            type=f"vn.vss.{reader.service}.{reader.fact_name}.v{reader.version}",
            subject=subject,
            time=(told_at or clock.now()).isoformat(),
            revision=revision,
            correlationid=subject,
        )
        with self.db.write() as session:
            self.service.reads[reader](session, reader.read(body, envelope))
        return envelope.id

    def reader(self, fact_name: str) -> type[Reader]:
        found: type[Reader] = next(each for each in self.service.reads if each.fact_name == fact_name)
        return found

    def facts(self, name: str | None = None) -> list[Told]:
        """What was recorded so far, or what of that name; oldest first."""
        with self.db.read() as session:
            rows = session.execute(sa.select(outbox.outbox).order_by(outbox.outbox.c.seq)).all()
        return [
            Told(row.fact, json.loads(row.body), row.public_body or "", json.loads(row.headers))
            for row in rows
            if name in (None, row.fact)
        ]

    # ------------------------------------------------------------ what happens by itself

    def sweep(self) -> None:
        """Act on all that is due for any sweep."""
        SweepRunner(self.db, collect(self.resources, self.sweeps), Guard.of(self.resources)).round()

    def kinds(self) -> list[JobKind]:
        return [*collect(self.resources, self.jobs), *ledger.kinds(self.resources)]

    @contextmanager
    def working(self) -> Iterator[JobRunner]:
        """The jobs run inside the block."""
        runner = JobRunner(self.db, self.kinds(), service=self.service.name, poll_seconds=0.02)
        runner.start()
        try:
            yield runner
        finally:
            assert runner.stop(20)

    def run_jobs(self, until: Callable[[], bool] | None = None, seconds: float = 20) -> None:
        """Run the jobs until all of them have ended, or until this holds."""
        with self.working():
            assert wait_until(until or self.all_ended, seconds), self.value(sa.text("SELECT max(last_error) FROM jobs"))

    def all_ended(self) -> bool:
        with self.db.read() as session:
            return not any(state in (State.WAITING, State.RUNNING) for _, state in counts(session))

    def value(self, query: Any) -> Any:
        """The first value that this query finds."""
        with self.db.read() as session:
            return session.scalar(query)

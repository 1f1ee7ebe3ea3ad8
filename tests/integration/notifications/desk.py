"""The service without bus and network: its database, handlers, jobs on fake providers, and what it has told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from services.chassis import clock, jobs
from services.chassis.bus import outbox
from services.chassis.bus.outbox import outbox as outbox_table
from services.chassis.database import Database
from services.chassis.facts import Reader
from services.chassis.facts.envelope import Envelope
from services.chassis.ids import uuid7
from services.chassis.resources import Resources
from services.chassis.seal import Sealer, generate_keypair
from services.chassis.testing.documents import MemoryDocuments
from services.chassis.testing.processes import wait_until
from services.notifications.deadlines import sweeps as deadlines
from services.notifications.handlers import HANDLERS
from services.notifications.mail import jobs as mail_jobs
from services.notifications.messages import sweeps as erasing
from services.notifications.messages.rules import Message
from services.notifications.service import Notifications
from services.notifications.settings import Settings
from services.notifications.sms import jobs as sms_jobs
from tests.integration.notifications.fakes import FakeMail, FakeSms
from tests.stand.migrated import migrate

KEYS = generate_keypair()
SEALER = Sealer(KEYS.public_key)


class Desk:
    """`desk.read(reader, …)` handles a fact; `with desk.working():` sends; `desk.messages()` shows what became of it."""

    def __init__(self, url: str, **settings: Any) -> None:
        outbox.publish_as("notifications")
        self.settings = Settings(seal_private_key=KEYS.private_key, **settings)
        self.db = Database(url)
        migrate(self.db, Notifications.migrations)
        self.resources = Resources("notifications", self.settings, self.db)
        self.documents = MemoryDocuments()
        self.resources.__dict__["documents"] = self.documents
        self.sms, self.mail = FakeSms(), FakeMail()
        self.kinds = [*sms_jobs.kinds_on(self.sms, self.resources), *mail_jobs.kinds_on(self.mail, self.resources)]

    def close(self) -> None:
        self.db.dispose()

    def read(
        self,
        reader: type[Reader],
        example: dict[str, Any],
        *,
        id_: uuid.UUID | None = None,
        revision: int = 1,
        **changes: Any,
    ) -> uuid.UUID:
        """Handle this fact; its id."""
        envelope = Envelope(
            id_ or uuid7(), "/vss/test", "vn.vss.test.fact.v1", "subject", "2026-11-22T00:00:00+00:00", revision
        )
        fact = reader.read(example | changes, envelope)
        with self.db.write() as session:
            HANDLERS[reader](session, fact)
        return envelope.id

    @contextmanager
    def working(self) -> Any:
        """The jobs run inside the block."""
        runner = jobs.JobRunner(self.db, self.kinds, service="notifications", poll_seconds=0.02)
        runner.start()
        try:
            yield runner
        finally:
            assert runner.stop(20)

    def deliver(self, until: Callable[[], bool] | None = None, seconds: float = 20) -> None:
        """Run the jobs until all of them have ended, or until this holds."""
        with self.working():
            assert wait_until(until or self.all_ended, seconds), self.jobs()

    def all_ended(self) -> bool:
        return all(job.ended_at for job in self.jobs())

    def sweep(self, name: str) -> int:
        """One round of a sweep; how many rows it acted on."""
        sweeps = (*deadlines.sweeps, *erasing.sweeps(self.resources))
        sweep = next(one for one in sweeps if one.name == name)
        with self.db.write() as session:
            rows = list(session.scalars(sweep.due(clock.now())))
            for row in rows:
                sweep.act(session, row)
            session.flush()
            assert not session.scalars(sweep.due(clock.now())).all()
        return len(rows)

    def change(self, **values: Any) -> None:
        """Change all messages, as time would."""
        with self.db.write() as session:
            session.execute(sa.update(Message).values(**values))

    def messages(self) -> list[Message]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(Message).order_by(Message.channel.desc(), Message.created_at)))

    def message(self) -> Message:
        (only,) = self.messages()
        return only

    def jobs(self) -> list[jobs.JobView]:
        with self.db.read() as session:
            return jobs.list_jobs(session)

    def payloads(self) -> list[str | None]:
        with self.db.read() as session:
            return list(session.scalars(sa.text("SELECT payload FROM jobs")))

    def told(self) -> list[tuple[str, dict[str, Any], int]]:
        """The facts recorded so far, with their revisions."""
        with self.db.read() as session:
            rows = session.execute(sa.select(outbox_table).order_by(outbox_table.c.seq)).mappings().all()
        return [(row["fact"], json.loads(row["body"]), _revision(row["headers"])) for row in rows]


def _revision(headers: str) -> int:
    return int(json.loads(headers)["cloudEvents:revision"])


def password_box(password: str, account_id: str) -> str:
    return SEALER.seal({"password": password}, f"first-password:{account_id}")


def code_box(code: str, otp_id: str) -> str:
    return SEALER.seal({"code": code}, f"otp:{otp_id}")

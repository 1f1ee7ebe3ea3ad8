"""The service without bus and network: its database, handlers, jobs on fake providers, and what it has told."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis import clock, jobs
from services.chassis.facts import Reader
from services.chassis.recovery import ledger
from services.chassis.seal import Sealer, generate_keypair
from services.notifications.deadlines import sweeps as deadlines
from services.notifications.mail import jobs as mail_jobs
from services.notifications.messages import sweeps as erasing
from services.notifications.messages import undelivered
from services.notifications.messages.rules import Message
from services.notifications.roads import sweeps as roads
from services.notifications.service import Notifications
from services.notifications.sms import jobs as sms_jobs
from tests.integration.notifications.fakes import FakeMail, FakeSms
from tests.stand import desk

KEYS = generate_keypair()
SEALER = Sealer(KEYS.public_key)


class Desk(desk.Desk):
    """`desk.read(reader, …)` handles a fact; `desk.run_jobs()` sends; `desk.messages()` shows what became of it."""

    service = Notifications

    def __init__(self, url: str, **settings: Any) -> None:
        #: the second road is used where the settings name it
        self.sms, self.aws, self.mail = FakeSms(), FakeSms(asked_in_vain=True), FakeMail()
        super().__init__(url, seal_private_key=KEYS.private_key, **settings)

    @property
    def _fakes(self) -> dict[str, FakeSms]:
        return {"twilio": self.sms, "aws": self.aws}

    def kinds(self) -> list[jobs.JobKind]:
        return [
            *sms_jobs.kinds_on({road: self._fakes[road] for road in self.resources.settings.sms_roads}, self.resources),
            *mail_jobs.kinds_on(self.mail, self.resources),
            *ledger.kinds(self.resources),
        ]

    def read(
        self,
        reader: type[Reader],
        example: dict[str, Any],
        *,
        id_: uuid.UUID | None = None,
        revision: int = 1,
        told_at: datetime | None = None,
        **changes: Any,
    ) -> uuid.UUID:
        """Handle this fact; its id."""
        return self.handle(reader, example | changes, id_=id_, revision=revision, told_at=told_at)

    def sweep_one(self, name: str) -> int:
        """One round of a sweep; how many rows it acted on."""
        sweeps = (
            *deadlines.sweeps,
            *erasing.sweeps(self.resources),
            *roads.sweeps(self.resources),
            *undelivered.sweeps(self.resources),
        )
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

    def job_views(self) -> list[jobs.JobView]:
        with self.db.read() as session:
            return jobs.list_jobs(session)

    def payloads(self) -> list[str | None]:
        with self.db.read() as session:
            return list(session.scalars(sa.text("SELECT payload FROM jobs")))

    def told(self) -> list[tuple[str, dict[str, Any], int]]:
        """The facts recorded so far, with their revisions."""
        return [(each.fact, each.body, each.revision) for each in self.facts()]


def password_box(password: str, account_id: str) -> str:
    return SEALER.seal({"password": password}, f"first-password:{account_id}")


def code_box(code: str, otp_id: str) -> str:
    return SEALER.seal({"code": code}, f"otp:{otp_id}")

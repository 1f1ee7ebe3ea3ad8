"""A desk that is killed whenever a batch has held a message: after the commit, before the acknowledgement."""

import os
import signal
from typing import Any, ClassVar

import sqlalchemy as sa
from nameko.extensions import DependencyProvider

from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.held import held_messages
from services.chassis.resources import CONFIG_KEY, Resources
from tests.integration.chassis.programs.desk import HERE, Filed, Looked, Refiled, TakenUp, take_up, take_up_again


class HeldCount(DependencyProvider):
    """A function that counts the held messages."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        resources: Resources[Any] = self.container.config[CONFIG_KEY]

        def count() -> int:
            with resources.db.read() as session:
                return session.scalar(sa.select(sa.func.count()).select_from(held_messages)) or 0

        return count


class DyingDesk:
    name = "desk"
    migrations = HERE / "desk_migrations"
    publishes = (TakenUp, Looked)
    reads: ClassVar = {Filed: take_up, Refiled: take_up_again}

    outbox = Outbox()
    held_count = HeldCount()

    @subscriber
    def read(self, batch: Batch) -> None:
        before = self.held_count()
        batch.run()
        if self.held_count() > before:
            os.kill(os.getpid(), signal.SIGKILL)

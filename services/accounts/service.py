"""Accounts: who may sign in, with which password, on which device. See README.md."""

from pathlib import Path

from services.accounts import api, due, events, first_password, handlers, signing
from services.accounts.settings import Settings
from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web.extension import Http

HERE = Path(__file__).parent


class Accounts:
    name = "accounts"
    settings = Settings
    migrations = HERE / "migrations"
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(first_password.kinds)
    sweeps = Sweeps(due.sweeps)
    http = Http(api.blueprints, verifier=signing.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        batch.run()

"""Verification: officers receive, check and decide dossiers; HGĐ has the last word on code and name."""

from pathlib import Path

from services.chassis.bus.background import Jobs
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.verification import api, calls, events, handlers
from services.verification.settings import Settings as VerificationSettings


class Verification:
    name = "verification"
    settings = VerificationSettings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(calls.kinds)
    http = Http(api.blueprints, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        batch.run()

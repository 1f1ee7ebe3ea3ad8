"""Feedback: complaints reach the board that watches and stay with the province that accounts for them."""

from pathlib import Path
from typing import Any

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.feedback import api, events, handlers, jobs, settings, sweeps


class Feedback:
    """The service."""

    name = "feedback"
    settings = settings.Settings
    migrations = Path(__file__).parent / "migrations"
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(jobs.kinds)
    sweeps = Sweeps(sweeps.sweeps)
    http = Http(api.blueprints, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Any) -> None:
        """One batch of what the others told."""
        batch.run()

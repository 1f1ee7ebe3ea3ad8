"""notifications: SMS and e-mail about what the other services tell, in time and once."""

from pathlib import Path

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.notifications import api, delivery, events, handlers, sweeps
from services.notifications.settings import Settings


class Notifications:
    """Entrypoints only; what happens is in handlers.py and delivery.py."""

    name = "notifications"
    settings = Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(delivery.kinds)
    sweeps = Sweeps(sweeps.sweeps)
    http = Http(api.blueprints, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Each batch in one transaction."""
        batch.run()

"""Registration: takes Form 01 in, and follows it to its end."""

from pathlib import Path

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.registration import events, handlers
from services.registration.attachments import api as attachments_api
from services.registration.attachments import jobs as attachments_jobs
from services.registration.declarations import api as declarations_api
from services.registration.expiry.sweeps import sweeps as expiry_sweeps
from services.registration.form01 import api as form01_api
from services.registration.form01 import jobs as form01_jobs
from services.registration.lookup import api as lookup_api
from services.registration.settings import Settings as RegistrationSettings

BLUEPRINTS = (declarations_api.blueprints, attachments_api.blueprints, form01_api.blueprints, lookup_api.blueprints)
JOBS = (form01_jobs.kinds, attachments_jobs.kinds)
SWEEPS = (expiry_sweeps,)


class Registration:
    """The service."""

    name = "registration"
    settings = RegistrationSettings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services."""
        batch.run()

"""The registration service: accepts Form 01 and follows it to its end."""

from pathlib import Path
from typing import ClassVar

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.discovery import subscriptions
from services.chassis.probes import documents, parts, seals
from services.chassis.web import looks_api, tokens
from services.chassis.web import probes as web_probes
from services.chassis.web.extension import Http
from services.registration import events, handlers, settings
from services.registration.attachments import api as attachments_api
from services.registration.attachments import jobs as attachments_jobs
from services.registration.declarations import api as declarations_api
from services.registration.declarations import limits, recovery
from services.registration.declarations.giving_back import give_back
from services.registration.expiry import sweeps as expiry_sweeps
from services.registration.form01 import api as form01_api
from services.registration.form01 import jobs as form01_jobs
from services.registration.form01 import sweeps as form01_sweeps
from services.registration.lookup import api as lookup_api
from services.registration.phones import api as phones_api
from services.registration.phones import sweeps as phones_sweeps
from services.registration.reports import api as reports_api
from services.registration.reports import rules as reports_rules

_APIS = (attachments_api, declarations_api, form01_api, looks_api, lookup_api, phones_api, reports_api)
BLUEPRINTS = tuple(api.blueprints for api in _APIS)
JOBS = (attachments_jobs.kinds, form01_jobs.kinds, reports_rules.kinds)
SWEEPS = (expiry_sweeps.sweeps, form01_sweeps.sweeps, limits.sweeps, phones_sweeps.sweeps, reports_rules.sweeps)
PROBES = (documents.probes, seals.sealing, web_probes.probes)


class Registration:
    """Wiring only; behaviour is in the subjects' folders (README.md)."""

    name = "registration"
    settings = settings.Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS
    gives_back: ClassVar = {"verification": give_back}
    recovers = recovery.steps
    probes = PROBES
    subscribers = subscriptions.of("registration")

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier, needs=(parts.documents, parts.sealing))

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services, in one transaction."""
        batch.run()

"""The verification service: officers receive, complete and decide dossiers; HGĐ has the last word on code and name."""

from pathlib import Path
from typing import ClassVar

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.discovery import subscriptions
from services.chassis.probes import documents, parts
from services.chassis.web import looks_api, tokens
from services.chassis.web import probes as web_probes
from services.chassis.web.extension import Http
from services.verification import events, handlers, settings
from services.verification.attachments import api as attachments_api
from services.verification.attachments import jobs as attachments_jobs
from services.verification.cases import api as cases_api
from services.verification.cases.giving_back import give_back
from services.verification.corrections import api as corrections_api
from services.verification.deadlines import sweeps as deadlines_sweeps
from services.verification.decisions import api as decisions_api
from services.verification.decisions import jobs as decisions_jobs
from services.verification.directory import probes as directory_probes
from services.verification.forgetting import sweeps as forgetting_sweeps
from services.verification.history import api as history_api
from services.verification.history.rules import Entry
from services.verification.letters import api as letters_api
from services.verification.passwords import api as passwords_api

_APIS = (attachments_api, cases_api, corrections_api, decisions_api, history_api, letters_api, looks_api, passwords_api)
BLUEPRINTS = tuple(api.blueprints for api in _APIS)
JOBS = (attachments_jobs.kinds, decisions_jobs.kinds)
SWEEPS = (deadlines_sweeps.sweeps, forgetting_sweeps.sweeps)
PROBES = (directory_probes.probes, documents.probes, web_probes.probes)


class Verification:
    """Wiring only; behaviour is in the subjects' folders (README.md)."""

    name = "verification"
    settings = settings.Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS
    histories = (Entry.__table__,)
    gives_back: ClassVar = {"registration": give_back}
    probes = PROBES
    subscribers = subscriptions.of("verification")

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier, needs=(parts.documents,), staff_only=True)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services, in one transaction."""
        batch.run()

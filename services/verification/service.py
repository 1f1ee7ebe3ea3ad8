"""Verification: officers receive, complete and decide dossiers; HGĐ has the last word on BHXH code and name."""

from pathlib import Path

from services.chassis.bus.background import Jobs
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.verification import events, handlers
from services.verification.attachments import api as attachments_api
from services.verification.attachments import jobs as attachments_jobs
from services.verification.cases import api as cases_api
from services.verification.decisions import api as decisions_api
from services.verification.decisions import jobs as decisions_jobs
from services.verification.history import api as history_api
from services.verification.settings import Settings as VerificationSettings

BLUEPRINTS = ((cases_api.api, decisions_api.api, history_api.api), attachments_api.blueprints)


class Verification:
    name = "verification"
    settings = VerificationSettings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(decisions_jobs.job_kinds, attachments_jobs.job_kinds)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        batch.run()

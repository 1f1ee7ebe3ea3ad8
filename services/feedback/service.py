"""The feedback service: complaints reach the board that watches and stay with the accountable province."""

from pathlib import Path

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.discovery import subscriptions
from services.chassis.probes import documents, parts, seals
from services.chassis.web import looks_api, tokens
from services.chassis.web import probes as web_probes
from services.chassis.web.extension import Http
from services.feedback import events, handlers, pages, settings
from services.feedback.answers import api as answers_api
from services.feedback.attachments import api as attachments_api
from services.feedback.background import JOBS, SWEEPS
from services.feedback.categories import api as categories_api
from services.feedback.categories import tree
from services.feedback.complaints import api as complaints_api
from services.feedback.complaints import numbers, renewal
from services.feedback.complaints.history import Step
from services.feedback.coordination import api as coordination_api
from services.feedback.desk import api as desk_api
from services.feedback.directory import api as directory_api
from services.feedback.directory import probes as directory_probes
from services.feedback.faq import api as faq_api
from services.feedback.letters import api as letters_api
from services.feedback.mailbox import api as mailbox_api
from services.feedback.reports import api as reports_api

_OFFICES = (answers_api, attachments_api, complaints_api, coordination_api, desk_api, letters_api, looks_api, mailbox_api)
_LISTS = (categories_api, directory_api, faq_api, reports_api)
BLUEPRINTS = (*(api.blueprints for api in (*_OFFICES, *_LISTS)), *pages.BLUEPRINTS)
PROBES = (directory_probes.probes, documents.probes, seals.sealing, web_probes.probes)


class Feedback:
    """Wiring only; behaviour is in the subjects' folders (README.md)."""

    name = "feedback"
    settings = settings.Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS
    histories = (Step.__table__, tree.changes)
    recovers = numbers.recovery_steps
    renewals = renewal.renewals
    probes = PROBES
    subscribers = subscriptions.of("feedback")

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier, needs=(parts.documents, parts.sealing))

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services, in one transaction."""
        batch.run()

"""The notifications service: SMS and e-mail about the facts of the other services, in time and once."""

from pathlib import Path

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.discovery import subscriptions
from services.chassis.probes import documents, seals
from services.chassis.web import looks_api, tokens
from services.chassis.web import probes as web_probes
from services.chassis.web.extension import Http
from services.notifications import events, handlers, settings
from services.notifications.budgets import sweeps as budgets_sweeps
from services.notifications.deadlines import sweeps as deadlines_sweeps
from services.notifications.mail import api as mail_api
from services.notifications.mail import jobs as mail_jobs
from services.notifications.mail import probes as mail_probes
from services.notifications.messages import api as messages_api
from services.notifications.messages import sweeps as messages_sweeps
from services.notifications.messages import undelivered
from services.notifications.notices import api as notices_api
from services.notifications.roads import sweeps as roads_sweeps
from services.notifications.sms import api as sms_api
from services.notifications.sms import aws_api as sms_aws_api
from services.notifications.sms import jobs as sms_jobs
from services.notifications.sms import probes as sms_probes

BLUEPRINTS = (
    mail_api.blueprints,
    messages_api.blueprints,
    notices_api.blueprints,
    sms_api.blueprints,
    sms_aws_api.blueprints,
    looks_api.blueprints,
)
JOBS = (mail_jobs.kinds, sms_jobs.kinds)
SWEEPS = (budgets_sweeps.sweeps, deadlines_sweeps.sweeps, messages_sweeps.sweeps, roads_sweeps.sweeps, undelivered.sweeps)
PROBES = (documents.reading, documents.ledger, mail_probes.probes, seals.opening, sms_probes.probes, web_probes.probes)


class Notifications:
    """Wiring only; behaviour is in the subjects' folders (README.md)."""

    name = "notifications"
    settings = settings.Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS
    probes = PROBES
    subscribers = subscriptions.of("notifications")

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier, staff_only=True)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services, in one transaction."""
        batch.run()

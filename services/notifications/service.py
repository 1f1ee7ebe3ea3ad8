"""notifications: SMS and e-mail about what the other services tell, in time and once."""

from pathlib import Path

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.notifications import events, handlers
from services.notifications.deadlines import sweeps as deadlines
from services.notifications.mail import api as mail_api
from services.notifications.mail import jobs as mail_jobs
from services.notifications.messages import api as messages_api
from services.notifications.messages import sweeps as erasing
from services.notifications.settings import Settings
from services.notifications.sms import api as sms_api
from services.notifications.sms import jobs as sms_jobs

BLUEPRINTS = (messages_api.BLUEPRINTS, sms_api.blueprints, mail_api.blueprints)


class Notifications:
    """The wiring; what happens is in handlers.py and in each subject's jobs.py."""

    name = "notifications"
    settings = Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(sms_jobs.kinds, mail_jobs.kinds)
    sweeps = Sweeps(deadlines.SWEEPS, erasing.sweeps)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Each batch in one transaction."""
        batch.run()

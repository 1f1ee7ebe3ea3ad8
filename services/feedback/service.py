"""Feedback: complaints reach the board that watches and stay with the province that accounts for them."""

from pathlib import Path
from typing import Any

from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.web import tokens
from services.chassis.web.extension import Http
from services.feedback import events, handlers, settings
from services.feedback.answers import api as answers
from services.feedback.attachments import api as attachments
from services.feedback.attachments import jobs as attachment_jobs
from services.feedback.categories import api as categories
from services.feedback.complaints import api as complaints
from services.feedback.coordination import api as coordination
from services.feedback.coordination import sweeps as coordination_sweeps
from services.feedback.deadlines import sweeps as deadline_sweeps
from services.feedback.directory import api as directory
from services.feedback.reports import api as reports
from services.feedback.reports import jobs as report_jobs
from services.feedback.reports import sweeps as report_sweeps

BLUEPRINTS = (
    *(complaints.blueprints, attachments.blueprints, answers.blueprints, coordination.blueprints),
    *(directory.blueprints, categories.blueprints, reports.blueprints),
)
JOBS = (attachment_jobs.kinds, report_jobs.kinds)
SWEEPS = (deadline_sweeps.sweeps, coordination_sweeps.sweeps, report_sweeps.sweeps)


class Feedback:
    """The service."""

    name = "feedback"
    settings = settings.Settings
    migrations = Path(__file__).parent / "migrations"
    publishes = events.FACTS
    reads = handlers.HANDLERS

    outbox = Outbox()
    jobs = Jobs(*JOBS)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Any) -> None:
        """One batch of what the others told."""
        batch.run()

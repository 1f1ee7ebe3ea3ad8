"""The accounts service: who may sign in, with which password, on which device."""

from pathlib import Path
from typing import ClassVar

from services.accounts import events, handlers, pages, settings
from services.accounts.accounts import api as accounts_api
from services.accounts.accounts import giving_back, recovery
from services.accounts.accounts import probes as accounts_probes
from services.accounts.accounts import sweeps as accounts_sweeps
from services.accounts.factors import api as factors_api
from services.accounts.factors import sweeps as factors_sweeps
from services.accounts.known import sweeps as known_sweeps
from services.accounts.otp import sweeps as otp_sweeps
from services.accounts.passwords import api as passwords_api
from services.accounts.passwords import jobs as passwords_jobs
from services.accounts.passwords import renewal
from services.accounts.passwords import sweeps as passwords_sweeps
from services.accounts.requests import sweeps as requests_sweeps
from services.accounts.sessions import api as sessions_api
from services.accounts.sessions import sweeps as sessions_sweeps
from services.accounts.signing import sweeps as signing_sweeps
from services.accounts.signing import tokens
from services.accounts.staff import api as staff_api
from services.accounts.staff import sweeps as staff_sweeps
from services.accounts.staff.rights import RightsEntry
from services.accounts.throttles import limits
from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.discovery import subscriptions
from services.chassis.probes import documents, seals
from services.chassis.web import looks_api
from services.chassis.web.extension import Http

BLUEPRINTS = tuple(api.blueprints for api in (accounts_api, factors_api, looks_api, passwords_api, sessions_api, staff_api))
_ASKED = (factors_sweeps, otp_sweeps, passwords_sweeps, sessions_sweeps, signing_sweeps)
SWEEPS = tuple(each.sweeps for each in (accounts_sweeps, known_sweeps, requests_sweeps, staff_sweeps, limits, *_ASKED))


class Accounts:
    """Wiring only; behaviour is in the subjects' folders (README.md)."""

    name = "accounts"
    settings = settings.Settings
    migrations = Path(__file__).with_name("migrations")
    publishes = events.FACTS
    reads = handlers.HANDLERS
    histories = (RightsEntry.__table__,)
    gives_back: ClassVar = {"registration": giving_back.give_back}
    recovers = recovery.steps
    renewals = renewal.renewals
    probes = (accounts_probes.probes, documents.ledger, seals.sealing)
    subscribers = subscriptions.of("accounts")

    outbox = Outbox()
    jobs = Jobs(passwords_jobs.kinds)
    sweeps = Sweeps(*SWEEPS)
    http = Http(*BLUEPRINTS, pages.blueprints, verifier=tokens.verifier)

    @subscriber
    def read(self, batch: Batch) -> None:
        """Handle one batch of messages from the other services, in one transaction."""
        batch.run()

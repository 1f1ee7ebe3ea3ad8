"""Forget steps a day after they end (until then they help investigate misuse); seal secrets anew after a rotation of SECRETS_KEY."""

import sqlalchemy as sa

from services.accounts.factors import totp
from services.accounts.factors.rules import Totp
from services.accounts.factors.steps import PendingStep
from services.accounts.retention import STEPS
from services.accounts.settings import Settings
from services.accounts.sheets.sweeps import sweeps as sheets_sweeps
from services.chassis.resources import Resources
from services.chassis.secretbox import SecretBox
from services.chassis.sweeps import Limit, Sweep


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweeps; none that seals for commands, which need no SECRETS_KEY."""
    settings = resources.settings
    found = [
        *sheets_sweeps,
        Sweep(
            "forget_pending_steps",
            lambda now: sa.select(PendingStep).where(PendingStep.expires_at <= now - STEPS.period),
            lambda session, old: session.delete(old),
            limit=Limit.RECORDS,
            every_seconds=3600,
        ),
    ]
    if settings.secrets_key is not None:
        newest = SecretBox(settings.secrets_key).prefix
        found.append(
            Sweep(
                "reseal_totps",
                lambda _now: sa.select(Totp).where(~Totp.sealed.startswith(newest, autoescape=True)),
                lambda _session, held: totp.reseal(held, settings),
                limit=Limit.NONE,  # nothing is lost
                every_seconds=3600,
            )
        )
    return found

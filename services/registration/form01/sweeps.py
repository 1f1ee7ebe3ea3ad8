"""Delete links to forms once they open nothing any more."""

import sqlalchemy as sa

from services.chassis.sweeps import Limit, Sweep
from services.registration.form01.links import FormLink

sweeps = (
    Sweep(
        "forget_form_links",
        lambda now: sa.select(FormLink).where(FormLink.expires_at <= now),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)

"""Delete codes that nobody can use any more."""

import sqlalchemy as sa

from services.chassis.sweeps import Limit, Sweep
from services.registration.phones.rules import PhoneCode

sweeps = (
    Sweep(
        "forget_phone_codes",
        lambda now: sa.select(PhoneCode).where(PhoneCode.expires_at <= now),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=600,
    ),
)

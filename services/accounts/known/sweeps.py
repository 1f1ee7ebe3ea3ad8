"""Forget devices and addresses whose time is over."""

import sqlalchemy as sa

from services.accounts.known.recognition import KnownAddress, KnownDevice
from services.chassis.sweeps import Limit, Sweep

sweeps = (
    Sweep(
        "forget_known_devices",
        lambda now: sa.select(KnownDevice).where(KnownDevice.until <= now),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
    Sweep(
        "forget_known_addresses",
        lambda now: sa.select(KnownAddress).where(KnownAddress.until <= now),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)

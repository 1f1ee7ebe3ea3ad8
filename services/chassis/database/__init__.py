"""One database per service: engine, sessions, migrations, the column type for moments."""

from services.chassis.database.database import Database, chassis_metadata
from services.chassis.database.failures import Outage, is_contention, is_gone, outage_of
from services.chassis.database.instant import Instant, utc
from services.chassis.database.sessions import ServiceSession, announce

__all__ = [
    "Database",
    "Instant",
    "Outage",
    "ServiceSession",
    "announce",
    "chassis_metadata",
    "is_contention",
    "is_gone",
    "outage_of",
    "utc",
]

"""One database per service: engine, sessions, migrations, the column type for moments."""

from services.chassis.database.database import Database, ServiceSession, announce, chassis_metadata, is_contention, is_gone
from services.chassis.database.instant import Instant, utc

__all__ = ["Database", "Instant", "ServiceSession", "announce", "chassis_metadata", "is_contention", "is_gone", "utc"]

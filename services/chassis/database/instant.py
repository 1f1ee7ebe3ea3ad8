"""Column type for timestamps: aware UTC in and out, on both databases.

SQLite keeps no time zone: what is written as 07:00+07:00 would come back, and be compared, as 07:00 UTC.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Instant(sa.TypeDecorator[datetime]):
    """``timestamptz`` on PostgreSQL, UTC text on SQLite.

    :raises ValueError: (inside SQLAlchemy's ``StatementError``) for a datetime without a zone.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Write the timestamp in UTC."""
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Read the timestamp as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc(moment: datetime) -> datetime:
    """Convert ``moment`` to UTC.

    :raises ValueError: if it has no zone, so that nobody knows which moment is meant.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone: use clock.now() or an aware datetime")
    return moment.astimezone(UTC)

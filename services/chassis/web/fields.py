"""Marshmallow fields shared by all APIs."""

from datetime import datetime
from typing import Any

import marshmallow as ma

from services.chassis.calendar import VIETNAM


class Moment(ma.fields.AwareDateTime):
    """RFC 3339 timestamp. Accepts any offset, writes Vietnam's (`2026-11-21T09:30:00+07:00`).

    Refuses a time without an offset, both ways: which clock it means would be a guess.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)
        self.error_messages["invalid_awareness"] = self.error_messages["invalid"]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        # ISO 8601 has forms that RFC 3339 does not (basic format, a lone date)
        if not isinstance(value, str) or len(value) < len("2026-11-21T09:30:00Z") or value[10] not in "Tt ":
            raise self.make_error("invalid", input=value, obj_type="aware datetime")
        return super()._deserialize(value, attr, data, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return self.serialize_value(value, attr or "value")

    @staticmethod
    def serialize_value(value: datetime | None, name: str = "value") -> str | None:
        """Format a timestamp outside a schema.

        :raises ValueError: for a time without an offset.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{name}: a time without an offset cannot be shown; read it as UTC from the database first")
        return value.astimezone(VIETNAM).isoformat(timespec="seconds")

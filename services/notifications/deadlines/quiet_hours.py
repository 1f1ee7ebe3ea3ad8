"""Quiet hours: SMS that are not urgent wait for the morning (N10)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.calendar import VIETNAM
from services.notifications.messages.catalogue import Template

#: what waited for the morning is spread over half an hour, so that it delays nothing else
_SPREAD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span between two full hours, Vietnam's time, past midnight or not; empty if both are the same."""

    from_hour: int
    until_hour: int

    def end(self, now: datetime) -> datetime | None:
        """Return when the quiet hours around `now` end; None if `now` is not in quiet hours."""
        here = now.astimezone(VIETNAM)
        began = here.replace(hour=self.from_hour, minute=0, second=0, microsecond=0)
        if began > here:
            began -= timedelta(days=1)
        end = began + timedelta(hours=(self.until_hour - self.from_hour) % 24)
        return end if here < end else None


def not_before(hours: QuietHours, template: Template, channel: str, message_id: uuid.UUID, now: datetime) -> datetime | None:
    """Return the earliest time to send: the next morning for an SMS that keeps quiet hours; None for at once.

    E-mail wakes nobody up, so it is sent at any hour.
    """
    if channel != "sms" or not template.quiet:
        return None
    end = hours.end(now)
    return None if end is None else end + timedelta(seconds=message_id.int % _SPREAD_SECONDS)

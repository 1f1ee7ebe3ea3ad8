"""Quiet hours: SMS that nothing hurries wait for the morning (N10)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.calendar import VIETNAM
from services.notifications.messages.catalogue import Template

#: what waited for the morning goes out over half an hour, so that it holds nothing up
_SPREAD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one full hour to another in Vietnam, past midnight or not; none if both are the same."""

    from_hour: int = 21
    until_hour: int = 7

    def end(self, now: datetime) -> datetime | None:
        """Return when the quiet hours around `now` are over; None if it lies in none."""
        here = now.astimezone(VIETNAM)
        began = here.replace(hour=self.from_hour, minute=0, second=0, microsecond=0)
        if began > here:
            began -= timedelta(days=1)
        end = began + timedelta(hours=(self.until_hour - self.from_hour) % 24)
        return end if here < end else None


#: this process's; set once at start-up (handlers get a session and a fact, and no settings)
_quiet_hours = QuietHours()


def use_quiet_hours(hours: QuietHours) -> None:
    """Keep these instead of 21:00 to 07:00 in this process."""
    global _quiet_hours
    _quiet_hours = hours


def not_before(template: Template, channel: str, message_id: uuid.UUID, now: datetime) -> datetime | None:
    """Return when the message may go out: the next morning for an SMS that keeps quiet hours; None for at once.

    E-mail rings nobody out of bed, so it goes at any hour.
    """
    if channel != "sms" or not template.quiet:
        return None
    end = _quiet_hours.end(now)
    return None if end is None else end + timedelta(seconds=message_id.int % _SPREAD_SECONDS)

"""The clocks of messages: legal deadlines (2659), and the quiet hours of what has none."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.calendar import VIETNAM
from services.notifications import working_days
from services.notifications.messages import Clock, Template

_LEGAL_MINUTES = 15
_LEGAL_WORKING_DAYS = 3
#: what waited for the morning goes out over half an hour, so that it holds nothing up
_SPREAD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one full hour to another of Vietnam's clock, past midnight or not; none if both are the same."""

    from_hour: int = 21
    until_hour: int = 7

    def end(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` lies in are over; None if it lies in none."""
        here = now.astimezone(VIETNAM)
        past_midnight = self.from_hour > self.until_hour
        if past_midnight:
            quiet = here.hour >= self.from_hour or here.hour < self.until_hour
        else:
            quiet = self.from_hour <= here.hour < self.until_hour
        if not quiet:
            return None
        tomorrow = past_midnight and here.hour >= self.from_hour
        return datetime.combine(here.date() + timedelta(days=tomorrow), time(self.until_hour), VIETNAM)


#: this process's; set once at start-up (handlers get a session and a fact, and no settings)
_quiet_hours = QuietHours()


def use_quiet_hours(hours: QuietHours) -> None:
    """Keep these instead of 21:00 to 07:00."""
    global _quiet_hours
    _quiet_hours = hours


def legal_clock(route: str) -> Clock:
    """Which clock the law sets: a paper form at a counter has three working days (2659 §2), all else 15 minutes."""
    return Clock.THREE_WORKING_DAYS if route == "counter" else Clock.FIFTEEN_MINUTES


def deadline(clock: Clock, complete_at: datetime) -> datetime | None:
    """When a legal clock that began at `complete_at` runs out; None for clocks that are not the law's.

    A working day ends at midnight of Vietnam's time (Civil Code 2015, article 148).
    """
    if clock is Clock.FIFTEEN_MINUTES:
        return complete_at + timedelta(minutes=_LEGAL_MINUTES)
    if clock is Clock.THREE_WORKING_DAYS:
        last = working_days.after(complete_at.astimezone(VIETNAM).date(), _LEGAL_WORKING_DAYS)
        return datetime.combine(last + timedelta(days=1), time(), VIETNAM)
    return None


def not_before(template: Template, channel: str, message_id: uuid.UUID, now: datetime) -> datetime | None:
    """When the message may go out: the next morning for an SMS that keeps quiet hours; None for at once.

    E-mail rings nobody out of bed, so it goes at any hour.
    """
    if channel != "sms" or not template.quiet:
        return None
    end = _quiet_hours.end(now)
    return None if end is None else end + timedelta(seconds=message_id.int % _SPREAD_SECONDS)

"""Vietnam's time and its public offices' working days: one calendar for every statutory deadline (W1)."""

from services.chassis.calendar.holidays import (
    OFF,
    WORK,
    Correction,
    calendar_of,
    follow_list,
    holidays_in,
    replace_corrections,
)
from services.chassis.calendar.legal import LegalClock, legal_clock, legal_deadline
from services.chassis.calendar.vietnam import VIETNAM, day_in_vietnam, today_in_vietnam
from services.chassis.calendar.working_days import Calendar, day_ending_at, end_of

__all__ = [
    "OFF",
    "VIETNAM",
    "WORK",
    "Calendar",
    "Correction",
    "LegalClock",
    "calendar_of",
    "day_ending_at",
    "day_in_vietnam",
    "end_of",
    "follow_list",
    "holidays_in",
    "legal_clock",
    "legal_deadline",
    "replace_corrections",
    "today_in_vietnam",
]

"""The two legal clocks of a dossier, from complete to answered (2659 §1 and §2; guardian and post: ours)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.chassis.calendar.working_days import Calendar

_LEGAL: Final = timedelta(minutes=15)
_LEGAL_WORKING_DAYS: Final = 3


class LegalClock(StrEnum):
    """How long the law allows between the complete dossier and the word to the person."""

    FIFTEEN_MINUTES = "15-minutes"
    """2659 §1, and §2 step 4."""
    THREE_WORKING_DAYS = "3-working-days"
    """For a paper form at a counter (2659 §2, direct registration), by post (I12), and for a guardian's dossier (ours)."""


def legal_clock(route: str, filing: str | None = None) -> LegalClock:
    """Return the clock of a dossier filed by this route, as `filing` says: electronic, counter, post."""
    if route in ("counter", "guardian") or filing == "post":
        return LegalClock.THREE_WORKING_DAYS
    return LegalClock.FIFTEEN_MINUTES


def legal_deadline(kind: LegalClock, complete_at: datetime, calendar: Callable[[], Calendar]) -> datetime:
    """Return when the clock runs out that started at `complete_at`.

    `calendar` is called only if working days are counted. A working day ends at midnight, Vietnam's time (Civil Code 2015,
    article 148).
    """
    if kind is LegalClock.FIFTEEN_MINUTES:
        return complete_at + _LEGAL
    return calendar().deadline(complete_at, _LEGAL_WORKING_DAYS)

"""Legal deadlines for notifying a person of a decision (2659)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from services.chassis.calendar import Calendar
from services.notifications.messages.catalogue import Urgency

_LEGAL_MINUTES = 15
_LEGAL_WORKING_DAYS = 3


def legal_urgency(route: str, filing: str | None = None) -> Urgency:
    """Return the legal urgency: three working days for paper, at a counter (2659 §2) or by post (I12); else 15 minutes."""
    return Urgency.THREE_WORKING_DAYS if route == "counter" or filing == "post" else Urgency.FIFTEEN_MINUTES


def deadline(urgency: Urgency, complete_at: datetime, calendar: Callable[[], Calendar]) -> datetime | None:
    """Return the deadline that counts from `complete_at`; None for an urgency without a legal deadline.

    `calendar` is called only if working days are counted. A working day ends at midnight, Vietnam's time (Civil Code 2015,
    article 148).
    """
    if urgency is Urgency.FIFTEEN_MINUTES:
        return complete_at + timedelta(minutes=_LEGAL_MINUTES)
    if urgency is Urgency.THREE_WORKING_DAYS:
        return calendar().deadline(complete_at, _LEGAL_WORKING_DAYS)
    return None

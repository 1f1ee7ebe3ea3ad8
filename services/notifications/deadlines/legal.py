"""Legal deadlines for notifying a person of a decision (2659)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.chassis.calendar import Calendar, LegalClock, legal_clock, legal_deadline
from services.notifications.messages.catalogue import Urgency

_CLOCKS = {Urgency(each.value): each for each in LegalClock}


def legal_urgency(route: str, filing: str | None = None) -> Urgency:
    """Return the legal urgency of a dossier filed this way."""
    return Urgency(legal_clock(route, filing).value)


def deadline(urgency: Urgency, complete_at: datetime, calendar: Callable[[], Calendar]) -> datetime | None:
    """Return the deadline that counts from `complete_at`; None for an urgency without a legal deadline."""
    clock = _CLOCKS.get(urgency)
    return legal_deadline(clock, complete_at, calendar) if clock else None

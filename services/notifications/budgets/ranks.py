"""Who caused a message, and how long it is let through when a budget comes to its end (N19)."""

from __future__ import annotations

from enum import Enum, StrEnum


class Origin(StrEnum):
    """Who caused a message. What strangers cause has a budget of its own, so that they never use up what others need."""

    STRANGER = "stranger"
    """Anybody, without signing in: a filing, a complaint, a code for a phone, a reset."""
    PERSON = "person"
    """Somebody who is signed in."""
    OFFICE = "office"
    """The agency: a decision, an answer, a clock."""


class Rank(Enum):
    """Up to how many hundredths of a budget a message of this rank is let through."""

    COURTESY = 60
    """Reminders, receipts of what anybody may file, reports: held first."""
    NOTICE = 80
    """What people wait for, or should know today."""
    LAST = 100
    """One-time codes, first passwords, decisions and dates that the law has told, what a holder must know to stop a thief."""

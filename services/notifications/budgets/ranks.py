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


#: messages that anybody can cause; of those of `otp` a reset (`holders.handlers`)
OF_STRANGERS = frozenset(
    {
        "complaint_late",
        "complaint_received",
        "complaint_reopened",
        "declaration_expired",
        "declaration_expiring",
        "declaration_submitted",
        "form_attached",
        "phone_code",
        "staff_complaint_received",
        "staff_complaint_reopened",
    }
)
OF_PERSONS = frozenset({"child_submitted", "new_device", "otp", "password_changed", "password_reset"})
COURTESIES = frozenset(
    {
        "complaint_late",
        "complaint_received",
        "complaint_reopened",
        "declaration_expiring",
        "form_attached",
        "password_expiring",
        "progress_report",
        "staff_complaint_received",
        "staff_complaint_reopened",
        "staff_report_made",
    }
)
LAST = frozenset(
    {
        "account_activated",
        "account_adjusted",
        "account_changed",
        "account_stopped",
        "child_activated",
        "code_not_found",
        "complaint_answered",
        "declaration_rejected",
        "duty_urgent_complaint",
        "identity_questioned",
        "new_device",
        "otp",
        "password_changed",
        "password_reset",
        "phone_code",
        "pictures_awaited",
        "without_effect",
    }
)


def origin_of(template: str) -> Origin:
    """Return who causes the messages of a template."""
    return Origin.STRANGER if template in OF_STRANGERS else Origin.PERSON if template in OF_PERSONS else Origin.OFFICE


def rank_of(template: str) -> Rank:
    """Return the rank of the messages of a template; a notice, unless it stands above."""
    return Rank.COURTESY if template in COURTESIES else Rank.LAST if template in LAST else Rank.NOTICE

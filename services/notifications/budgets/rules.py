"""The budgets that one message counts against (N19, decision 55): of its addressee, its matter, of strangers together, and of all.

Nobody can make us write to strangers: whoever has thousands of complaints or filings sent in reaches these, and by then holds back first the
courtesies, then the notices, and one-time codes and decisions last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from services.notifications.budgets.ranks import Origin, Rank
from services.notifications.settings import Settings

HOUR, DAY = 3_600, 86_400
#: why a message is held, as `vss_jobs_held` and `GET /messages` show it
ADDRESSEE, MATTER, STRANGERS, ALL = "budget_addressee", "budget_matter", "budget_strangers", "budget"


@dataclass(frozen=True, slots=True)
class Expense:
    """A message that is about to be sent. `staff`: to a mailbox of the agency; `duty`: to somebody on duty (F10)."""

    channel: str
    address: str
    matter: str
    origin: Origin
    rank: Rank
    staff: bool = False
    duty: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `most` messages in `seconds`."""

    key: str
    why: str
    most: int
    seconds: int

    def allowed(self, rank: Rank) -> int:
        """Return up to which count a message of this rank is let through: at least one."""
        return max(1, self.most * rank.value // 100)


def budgets_of(expense: Expense, settings: Settings) -> list[Budget]:
    """Return the budgets, those of one person before those of all, whose rows everybody waits for; 0 in the settings: no such budget."""
    return [budget for budget in _budgets(expense, settings) if budget.most]


def country_budgets(channel: str, *, hourly: int, daily: int, strangers_percent: int) -> list[Budget]:
    """Return the budgets of a channel that are not about one person or matter."""
    windows = ((HOUR, hourly), (DAY, daily))
    shares = [
        Budget(f"{channel}:strangers:{seconds}", STRANGERS, _share(most, strangers_percent), seconds)
        for seconds, most in windows
    ]
    return [*shares, *(Budget(f"{channel}:all:{seconds}", ALL, most, seconds) for seconds, most in windows)]


def _budgets(expense: Expense, settings: Settings) -> Iterator[Budget]:
    channel, is_stranger = expense.channel, expense.origin is Origin.STRANGER
    whose = _hashed(channel, expense.address)
    if expense.duty:
        yield Budget(f"duty:{whose}", ADDRESSEE, settings.duty_sms_per_hour, HOUR)
    else:
        most = settings.emails_per_staff_day if expense.staff else settings.messages_per_addressee_day
        if is_stranger:
            yield Budget(f"addressee-strangers:{whose}", ADDRESSEE, _share(most, settings.strangers_percent), DAY)
        yield Budget(f"addressee:{whose}", ADDRESSEE, most, DAY)
    yield Budget(f"matter:{_hashed(channel, expense.matter)}", MATTER, settings.messages_per_matter_day, DAY)
    hourly, daily = (
        (settings.sms_budget_hour, settings.sms_budget_day)
        if channel == "sms"
        else (settings.email_budget_hour, settings.email_budget_day)
    )
    for budget in country_budgets(channel, hourly=hourly, daily=daily, strangers_percent=settings.strangers_percent):
        if budget.why == ALL or is_stranger:
            yield budget


def _share(most: int, percent: int) -> int:
    return most and max(1, most * percent // 100)


def _hashed(channel: str, subject: str) -> str:
    return hashlib.sha256(f"{channel}\n{subject}".encode()).hexdigest()

"""What a provider says of a message that it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Receipt:
    """`delivered` or not; neither as long as the provider does not know. `code`: why it was lost.

    `certain`: the provider's own record, or such news as cannot be followed by better: it corrects an earlier delivery.
    """

    delivered: bool = False
    code: str | None = None
    certain: bool = False

    @property
    def is_news(self) -> bool:
        """Tell whether the provider knows how it ended."""
        return self.delivered or self.code is not None


PENDING = Receipt()

#: when a provider that has not said what became of a message is asked, counted from its sending and then from question to question
_QUESTIONS_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=18), timedelta(hours=48))


def first_question(sent_at: datetime, provider_id: str | None) -> datetime | None:
    """Return when to ask about a message that was just sent; None if its id is our own Message-ID, which no mail server can be asked for."""
    return None if provider_id is None or provider_id.startswith("<") else sent_at + _QUESTIONS_AFTER[0]


def next_question(asked: int, now: datetime) -> datetime | None:
    """Return when to ask again after so many questions; None if they were enough."""
    return now + _QUESTIONS_AFTER[asked] if asked < len(_QUESTIONS_AFTER) else None

"""What a page shows of a code that was sent: how long it is good, and how many tries it has. Of names that nobody has, too."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.otp.rules import Otp
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.resources import Resources

#: before that a code may still be on its way
_AGAIN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class PendingCode:
    """A code that was sent."""

    expires_at: datetime
    tries_left: int
    may_send_again: bool

    @property
    def is_over(self) -> bool:
        """Tell whether no try is left, or its time is over."""
        return self.tries_left == 0 or clock.now() >= self.expires_at


def find_pending(resources: Resources[Settings], challenge: str) -> PendingCode | None:
    """Return the code of this challenge; None if there is none, or it was used or replaced."""
    with resources.db.read() as session:
        found = session.get(Otp, uuid.UUID(challenge))
    if found is None or found.closed_at is not None:
        return None
    left = max(0, resources.settings.otp_tries - found.tries)
    return PendingCode(found.expires_at, left, clock.now() - found.issued_at >= _AGAIN_AFTER)

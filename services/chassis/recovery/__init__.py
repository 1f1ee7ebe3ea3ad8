"""After a database was restored from a backup: what must not come back, and what must not happen twice.

A service says in ``recovers`` what it does besides what every service does (`after_restore.py`)::

    class Registration:
        recovers = (Step("erased", erase_again), Step("serials", leap_over(counters)))

Each step works in the one transaction of the command, and returns how many rows it changed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.database import ServiceSession
from services.chassis.recovery.ledger import Entry


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """One restore, as the steps see it.

    :param since: the moment that the backup shows; what happened after it is lost here, and known elsewhere.
    :param now: when the command runs.
    :param entries: what the ledger holds since then, oldest first.
    """

    since: datetime
    now: datetime
    entries: Sequence[Entry] = field(default=())

    def noted(self, kinds: Collection[str]) -> list[Entry]:
        """Return the entries of these kinds."""
        return [entry for entry in self.entries if entry.kind in kinds]


@dataclass(frozen=True)
class Step:
    """What a service repairs: its ``name`` in the report, and the function, which returns how many rows it changed."""

    name: str
    act: Callable[[ServiceSession, Recovery], int]


__all__ = ["Entry", "Recovery", "Step"]

"""The lease of a case: while one officer works on it, no other changes it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.chassis import clock
from services.chassis.aggregate import Aggregate
from services.chassis.database import Instant
from services.verification.cases.refusals import CaseHeld
from services.verification.cases.statuses import CHECKING, OPEN
from services.verification.officers.rules import Officer


class Leased(Aggregate):
    """What of a case is leased to an officer. Once a lease has run out any officer may claim."""

    claimed_by: Mapped[str | None]
    claimed_office_code: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(Instant())

    @property
    def is_held(self) -> bool:
        """Tell whether an officer's lease is running."""
        return self.claimed_by is not None and self.lease_until is not None and self.lease_until > clock.now()

    def claim(self, by: Officer, *, lease_seconds: float) -> None:
        """Lease the case to this officer, or extend the lease; once a lease has run out any officer may claim."""
        self.must_be(*OPEN, CHECKING)
        self.hold(by, lease_seconds)

    def release(self, by: Officer) -> None:
        """Release the case before the lease runs out."""
        self.must_not_be_held_by_another(by)
        if self.claimed_by is not None:
            self.free()
            self.log("released", by)

    def hold(self, by: Officer, lease_seconds: float) -> None:
        """Start or extend the lease.

        :raises CaseHeld: while another officer's lease is running.
        """
        self.must_not_be_held_by_another(by)
        if not self.is_held:
            self.log("claimed", by)
        self.claimed_by, self.claimed_office_code = by.account_id, by.office_code
        self.lease_until = clock.now() + timedelta(seconds=lease_seconds)

    def free(self) -> None:
        """End the lease."""
        self.claimed_by = self.claimed_office_code = self.lease_until = None

    def must_not_be_held_by_another(self, by: Officer) -> None:
        """Check that no other officer's lease is running.

        :raises CaseHeld: otherwise.
        """
        if self.is_held and self.claimed_by != by.account_id:
            raise CaseHeld(self.claimed_by, self.claimed_office_code, self.lease_until)

    def log(self, action: str, by: Officer | None = None, **details: Any) -> None:
        """Add an entry to the case's history (V13)."""
        raise NotImplementedError

"""The lease by which one officer works on a case at a time, and the entries that steps leave in its history (V13)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.chassis import clock
from services.chassis.aggregate import Aggregate
from services.chassis.database import Instant
from services.verification.cases.refusals import CaseHeld
from services.verification.cases.statuses import CHECKING, OPEN
from services.verification.history.rules import log
from services.verification.officers.concerned import must_not_concern
from services.verification.officers.rules import Officer


class Leased(Aggregate):
    """What can be leased to an officer: the part of a case that says who works on it, and until when."""

    dossier_no: Mapped[str] = mapped_column(unique=True)
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

        :raises OwnDossier: if the dossier is the officer's own (V14).
        :raises CaseHeld: while another officer's lease is running.
        """
        must_not_concern(self, by)
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
        """Add an entry to its history (V13)."""
        log(self.session, self.dossier_no, action, by, **details)

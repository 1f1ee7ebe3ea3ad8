"""What a declaration keeps so that its progress can be counted (R1). No personal data: it stays when the person's data go (I6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, Session

from services.chassis.calendar import LegalClock, calendar_of, legal_clock, legal_deadline
from services.registration.lookup import offices

#: the legal clocks, from the complete dossier to the answer: 15 minutes, 3 working days (2659 §2; guardian and post: ours)
MINUTES, DAYS = "15_minutes", "3_days"
_NAMES = {LegalClock.FIFTEEN_MINUTES: MINUTES, LegalClock.THREE_WORKING_DAYS: DAYS}


class Counted:
    """The columns that reports count by, and the steps that set them: a mixin of `Declaration`.

    A declaration counts at one office: the one that the form names, then the one that received the person, then the one that
    decided (any office may finish it, V2). So every figure adds up over offices and provinces in every period.
    """

    # of the declaration itself
    route: Mapped[str]
    filing: Mapped[str]

    office_code: Mapped[str | None]
    province_code: Mapped[str | None]
    complete_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    #: which legal clock runs, and when it runs out; None until it was decided
    legal_clock: Mapped[str | None]
    due_at: Mapped[datetime | None]
    #: why it was rejected; the words are in `refusal`, and go with the person's data
    reason_code: Mapped[str | None]

    def count_at(self, session: Session, office_code: str) -> None:
        """Count it at this office from now on. An office that is not on the list keeps the province of the one before."""
        office = offices.find(session, office_code)
        self.office_code = office_code
        if office is not None:
            self.province_code = office.province_code

    def count_receipt(self, session: Session, office_code: str | None) -> None:
        """Count it where the person was received, unless an office has decided already."""
        if office_code and self.decided_at is None:
            self.count_at(session, office_code)

    def count_decision(
        self,
        session: Session,
        *,
        office_code: str | None,
        complete_at: datetime | None,
        decided_at: datetime | None,
        reason_code: str | None = None,
    ) -> None:
        """Count the decision: where, why, and by which moment the answer is due. A decision older than the known one is ignored."""
        if decided_at is None or (self.decided_at is not None and decided_at < self.decided_at):
            return
        self.decided_at, self.reason_code = decided_at, reason_code
        self.complete_at = complete_at or decided_at
        kind = legal_clock(self.route, self.filing)
        self.legal_clock = _NAMES[kind]
        self.due_at = legal_deadline(kind, self.complete_at, lambda: calendar_of(session))
        if office_code:
            self.count_at(session, office_code)

"""What a dossier needs for approval, what of it is there, and since when (V3, I12)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.calendar import VIETNAM
from services.chassis.database import Instant
from services.verification.attachments import completeness
from services.verification.attachments.rules import attachments_of
from services.verification.cases.leases import Leased
from services.verification.cases.statuses import COMPLETE, INCOMPLETE, STATE_OF


class Papers(Leased):
    """The part of a case that its completeness depends on."""

    dossier_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    route: Mapped[str]
    filing: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(Instant())
    subject: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: who comes with a child (V3)
    parent: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: the letter that brought the papers: posted_on, consignment_no, identity_checked, visit_needed
    letter: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    received_at: Mapped[datetime | None] = mapped_column(Instant())
    id_shown_at: Mapped[datetime | None] = mapped_column(Instant())
    parent_id_shown_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when the dossier was assessed again after waiting for HGĐ's data or a correction
    resumed_at: Mapped[datetime | None] = mapped_column(Instant())
    #: whether nothing was missing at the last step; None before the first one of this release
    complete: Mapped[bool | None]

    @property
    def needs_visit(self) -> bool:
        """Tell whether the person has to come; a guardian need not (V9), and a letter may come instead (I12)."""
        return self.route in ("portal", "counter") and not self.by_post

    @property
    def by_post(self) -> bool:
        """Tell whether a letter brings the papers (I12). Who filed by post and came all the same has no letter."""
        came = self.letter is None and self.received_at is not None
        return self.filing == "post" and self.route in ("portal", "counter") and not came

    @property
    def needed(self) -> completeness.Needed:
        """Return what is required for approval (V3)."""
        subject = self.subject or {}
        born = subject.get("date_of_birth")
        filed_on = self.submitted_at.astimezone(VIETNAM).date()
        return completeness.needed(
            self.kind,
            self.route,
            id_type=subject.get("id_type"),
            is_child=completeness.is_child_on(date.fromisoformat(born) if born else None, filed_on),
            by_post=self.by_post,
            must_come=bool((self.letter or {}).get("visit_needed")),
        )

    @property
    def _there(self) -> dict[str, datetime]:
        """Return when what V3 may require was first there."""
        besides = {
            completeness.ID_SHOWN: self.id_shown_at,
            completeness.PARENT: self.submitted_at if self.parent else None,
            completeness.PARENT_ID_SHOWN: self.parent_id_shown_at,
        }
        documents = {kind: each.first_at for kind, each in attachments_of(self.session, self.dossier_no).items()}
        return documents | {name: at for name, at in besides.items() if at is not None}

    @property
    def missing(self) -> Sequence[str]:
        """Return what is still missing for approval (V3)."""
        return completeness.missing(self.needed, self._there)

    def take_stock(self) -> None:
        """Record whether anything is missing: the work list is searched by it (V1)."""
        self.complete = not self.missing

    @property
    def state(self) -> str:
        """Return the state of the dossier (trạng thái), one of `STATES`; its status is the step of its processing."""
        return STATE_OF.get(self.status, COMPLETE if self.complete else INCOMPLETE)

    @property
    def complete_at(self) -> datetime | None:
        """Return when the legal clock started: the dossier was complete and HGĐ's answer did not stand in the way."""
        at = completeness.complete_at(self.needed, self._there, submitted_at=self.submitted_at)
        return max(at, self.resumed_at) if at and self.resumed_at else at

"""The row of a case: what is kept of it, what is known of it, and who may change it when. The rules are in model.py."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.ids import uuid7
from services.verification import completeness
from services.verification.officers import Officer
from services.verification.records import Base, attachments_of, log
from services.verification.refusals import Held, PastExpiry, WrongStatus

NEW, RECEIVED, CHECKING, APPROVED, REJECTED = "new", "received", "checking", "approved", "rejected"
CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR = "code_not_found", "name_differs", "name_near"
EXPIRED, WITHDRAWN = "expired", "withdrawn"

#: HGĐ has answered, and a person has to look (V7)
WAITING = (CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR)
OPEN = (NEW, RECEIVED, *WAITING)
DECIDED = (APPROVED, REJECTED)
GONE = (EXPIRED, WITHDRAWN)
STATUSES = (*OPEN, CHECKING, *DECIDED, *GONE)

#: what became of the latest look-up when HGĐ gave no answer within all tries
UNREACHABLE = "unreachable"


class CaseRow(Base):
    """One dossier as an office sees it."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    dossier_no: Mapped[str] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default=NEW)
    kind: Mapped[str]
    route: Mapped[str]
    channel: Mapped[str]
    filing: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(Instant())
    expires_at: Mapped[datetime | None] = mapped_column(Instant())
    office_code: Mapped[str]
    office: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    # personal data: None once the declaration is gone (I6)
    bhxh_code: Mapped[str | None]
    subject: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    contact: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    guardian: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    warnings: Mapped[list[str]] = mapped_column(sa.JSON)
    #: what HGĐ says: full_name, date_of_birth
    hgd: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: near, differs, match, unknown_code, unreachable; None while nobody was asked or the answer is awaited
    hgd_outcome: Mapped[str | None]
    hgd_at: Mapped[datetime | None] = mapped_column(Instant())
    #: counts the questions to HGĐ: an answer to an earlier one is none to this
    check_no: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime | None] = mapped_column(Instant())
    received_office_code: Mapped[str | None]
    id_shown_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when a dossier that had to wait for HGĐ's data or a correction was taken up again
    resumed_at: Mapped[datetime | None] = mapped_column(Instant())
    assessed_by: Mapped[str | None]
    assessed_office_code: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant())
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_office_code: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(Instant())

    # ------------------------------------------------------------ what is known of it

    @property
    def needs_visit(self) -> bool:
        """Whether somebody has to come; a guardian need not (V9)."""
        return self.route in ("portal", "counter")

    @property
    def needed(self) -> completeness.Needed:
        """What must be there to approve (V3)."""
        has_id = (self.subject or {}).get("id_type") is not None
        return completeness.needed(self.kind, self.route, has_id=has_id)

    @property
    def missing(self) -> Sequence[str]:
        """What is not there yet (V3)."""
        have = attachments_of(self._session, self.dossier_no)
        return completeness.missing(self.needed, have, id_shown=self.id_shown_at is not None)

    @property
    def complete_at(self) -> datetime | None:
        """When the legal clock started: the dossier was complete, and HGĐ's answer no longer stood in its way."""
        came = {kind: each.first_at for kind, each in attachments_of(self._session, self.dossier_no).items()}
        at = completeness.complete_at(self.needed, came, submitted_at=self.submitted_at, id_shown_at=self.id_shown_at)
        return max(at, self.resumed_at) if at and self.resumed_at else at

    def held_now(self) -> bool:
        """Whether some officer's lease is running."""
        return self.claimed_by is not None and self.lease_until is not None and self.lease_until > clock.now()

    # ------------------------------------------------------------ guards

    @property
    def _session(self) -> Session:
        session = object_session(self)
        if session is None:
            raise RuntimeError("a case acts inside a session")
        return session

    def _must_be(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise WrongStatus(self.status)

    def _must_be_assessable(self) -> None:
        """Open; or HGĐ could not be asked to the end, so that "valid" may be said again."""
        if not (self.status == CHECKING and self.hgd_outcome == UNREACHABLE):
            self._must_be(*OPEN)

    def _must_not_be_past_expiry(self) -> None:
        if self.status == NEW and self.expires_at is not None and clock.now() >= self.expires_at:
            raise PastExpiry(self.expires_at)

    def _not_held_by_another(self, by: Officer) -> None:
        if self.held_now() and self.claimed_by != by.account_id:
            raise Held(str(self.claimed_by), self.claimed_office_code or "", self.lease_until or clock.now())

    def _hold(self, by: Officer, lease_seconds: float) -> None:
        self._not_held_by_another(by)
        if not self.held_now():
            self._log("claimed", by)
        self.claimed_by, self.claimed_office_code = by.account_id, by.office_code
        self.lease_until = clock.now() + timedelta(seconds=lease_seconds)

    def _free(self) -> None:
        self.claimed_by = self.claimed_office_code = self.lease_until = None

    def _changed(self) -> None:
        self.revision += 1

    def _log(self, action: str, by: Officer | None = None, **details: Any) -> None:
        log(self._session, self.dossier_no, action, by, **details)

    @classmethod
    def of(cls, session: Session, dossier_no: str) -> Self | None:
        """The case, for looking."""
        found: Self | None = session.scalar(_of(cls), {"no": dossier_no})
        return found

    @classmethod
    def locked(cls, session: Session, dossier_no: str) -> Self | None:
        """The case, for changing: whoever comes second waits, and sees what the first has done."""
        found: Self | None = session.scalar(_locked(cls), {"no": dossier_no})
        return found


@cache
def _of(cls: type[CaseRow]) -> Any:
    return sa.select(cls).where(cls.dossier_no == sa.bindparam("no"))


@cache
def _locked(cls: type[CaseRow]) -> Any:
    return _of(cls).with_for_update().execution_options(populate_existing=True)

"""The case: one per dossier, from the declaration to its end. Statuses: statuses.py; decisions: decisions/rules.py.

Each method: guards, one change, one fact. Facts are recorded in the transaction of the change.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.bus import erasure
from services.chassis.calendar import day_ending_at
from services.chassis.database import Instant
from services.chassis.documents import Document
from services.chassis.ids import uuid7
from services.chassis.uploads.distinct import must_differ
from services.verification.attachments.facts import DocumentSupplemented
from services.verification.attachments.rules import FORM, SIGNED_FORM, attachments_of, forget_attachments, put_by_officer
from services.verification.cases.facts import CaseReceived
from services.verification.cases.refusals import PastExpiry, WrongStatus
from services.verification.cases.statuses import CHECKING, EXPIRED, GONE, NEW, OPEN, RECEIVED, WITHDRAWN
from services.verification.deadlines.clock import Clocked
from services.verification.officers.concerned import must_not_concern
from services.verification.officers.rules import Officer
from services.verification.schema import Base

#: what the history says of an end that came too late, after the status that it would have set
TOO_LATE = "_too_late"
#: expiry applies only until the person is received (which stops the ten days, I6); withdrawal until the decision
_MAY_END = {EXPIRED: (NEW,), WITHDRAWN: (*OPEN, CHECKING)}


class Case(Clocked, Base):
    """One dossier as offices see it, with the steps that officers take."""

    __tablename__ = "cases"
    wrong_status = WrongStatus
    correlation = "dossier_no"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    #: what registration called it before it had a number
    draft_id: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default=NEW)
    channel: Mapped[str]
    expires_at: Mapped[datetime | None] = mapped_column(Instant())
    #: filed by post: until when the letter's arrival may be recorded (I12)
    letters_until: Mapped[datetime | None] = mapped_column(Instant())
    office_code: Mapped[str]
    office: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    #: of the office that the form names; None in rows of an earlier release
    province_code: Mapped[str | None]
    # personal data: None once the declaration has expired or was withdrawn (I6)
    bhxh_code: Mapped[str | None]
    contact: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    guardian: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: contact_person, registered_with, ivan_name, start_date (I1, I13)
    particulars: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    warnings: Mapped[list[str]] = mapped_column(sa.JSON)
    #: a code from the phone, an account or an officer has said that the phone is theirs (I11)
    phone_proved: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    #: HGĐ's answer to the decision, beside the form (`comparisons.hgd.Finding.record`)
    hgd: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: `comparisons.hgd.Finding.outcome` or unreachable; None before the first look-up and while an answer is awaited
    hgd_outcome: Mapped[str | None]
    #: HGĐ's answer on arrival, as advice; void once name, code or date of birth are corrected (V7)
    advice: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    advice_outcome: Mapped[str | None]
    advice_at: Mapped[datetime | None] = mapped_column(Instant())
    #: the difference that the person was told of last (`IdentityQuestioned.what`)
    questioned: Mapped[str | None]
    #: counts the look-ups at HGĐ, so that a late answer to an earlier one is recognised
    check_no: Mapped[int] = mapped_column(default=0)
    #: pictures that a guardian was asked for and has not sent (`attachments.requests`); until then `expires_at` holds
    awaited: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    received_office_code: Mapped[str | None]
    assessed_by: Mapped[str | None]
    assessed_office_code: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant())
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    #: why the approver insisted on words that the law forbids (V4); None: the words are lawful
    insisted_because: Mapped[str | None]
    #: the SMS with the first password did not arrive (A2)
    password_failed_at: Mapped[datetime | None] = mapped_column(Instant())
    password_failure: Mapped[str | None]
    #: … for now: it is kept, and goes out once an operator of the SMS account has helped
    password_held: Mapped[bool | None]

    @staticmethod
    def of(session: Session, dossier_no: str) -> "Case | None":
        """Return the case of a dossier, not locked."""
        return session.scalar(_BY_NUMBER, {"no": dossier_no})

    @staticmethod
    def locked(session: Session, dossier_no: str) -> "Case | None":
        """Return the case of a dossier, locked; a second transaction waits and then sees the first one's change."""
        return session.scalar(_LOCKED_BY_NUMBER, {"no": dossier_no})

    def is_of(self, subject: Mapping[str, Any], *, submitted_at: datetime) -> bool:
        """Tell whether it is this very declaration, or another of the same person.

        An officer may have corrected the code or the name since (V7), so the moment counts too; it is all that is left
        once the person's data are erased.
        """
        if submitted_at == self.submitted_at:
            return True
        own = self.subject or {}
        return any(own.get(name) and own[name] == subject.get(name) for name in ("bhxh_code", "personal_id", "id_number"))

    # ------------------------------------------------------------ receiving and supplementing

    def receive(self, by: Officer, *, id_shown: bool, lease_seconds: float, parent_id_shown: bool = False) -> None:
        """Record that the person has come: the ten days stop (I6). Call again to record that an ID was shown (V3).

        :param parent_id_shown: the parent or guardian who came with a child has shown their own ID.
        """
        self.must_be(*OPEN)
        self.must_not_be_past_expiry()
        self.hold(by, lease_seconds)
        if id_shown and self.id_shown_at is None:
            self.id_shown_at = clock.now()
            self.log("id_shown", by)
        if parent_id_shown and self.parent_id_shown_at is None:
            self.parent_id_shown_at = clock.now()
            self.log("parent_id_shown", by)
        self._receive(by)

    def _receive(self, by: Officer) -> None:
        if self.received_at is None:
            self.received_at, self.received_office_code = clock.now(), by.office_code
            self.status = RECEIVED if self.status == NEW else self.status
            self.log("received", by)
            self.tell(CaseReceived(dossier_no=self.dossier_no, office_code=by.office_code, received_at=self.received_at))
        self.take_stock()  # who filed by post and comes all the same must show the ID (I12)

    def supplement(self, by: Officer, kind: str, document: Document, *, lease_seconds: float) -> None:
        """Add a missing document or a better picture to the dossier (V4, V5).

        :raises SamePicture: if the same file stands for another paper (V3).
        """
        self.must_be_open_to(by)
        self.hold(by, lease_seconds)
        known = {other: each.sha256 for other, each in attachments_of(self.session, self.dossier_no).items()}
        must_differ(kind, document.sha256, known)
        put_by_officer(self.session, self.dossier_no, kind, document, by)
        self.log("supplemented", by, kind=kind, sha256=document.sha256)
        claim_check = {"kind": kind, **asdict(document)}
        told = DocumentSupplemented(dossier_no=self.dossier_no, attachment=claim_check, supplemented_at=clock.now())
        self.tell(told)
        if kind in (self.awaited or ()):
            # somebody has brought it to an office: the clock stops, as for everybody who comes (I6)
            self._receive(by)
        self.note_picture(kind)

    def note_picture(self, kind: str) -> None:
        """Note that a picture has come; when all that a guardian was asked for are here, nothing expires any more (I6)."""
        self.take_stock()
        if self.awaited is None:
            return
        self.awaited = [each for each in self.awaited if each != kind] or None
        if self.awaited is None:
            self.expires_at = None

    def must_be_open_to(self, by: Officer) -> None:
        """Check that this officer may supplement the dossier now.

        :raises Refused: otherwise.
        """
        self.must_be(*OPEN)
        self.must_not_be_past_expiry()
        must_not_concern(self, by)
        self.must_not_be_held_by_another(by)

    def must_not_be_past_expiry(self) -> None:
        """Check that the ten days are not over, whether or not registration has published it yet (I6).

        :raises PastExpiry: otherwise.
        """
        end = self.letters_until or self.expires_at
        if self.status == NEW and end is not None and clock.now() >= end:
            raise PastExpiry(end, day_ending_at(end))

    def void_signature(self, at: datetime) -> None:
        """Delete the form and its signed copy: what the form says was corrected, so a new one must be signed (V3)."""
        self.corrected_at = at
        forget_attachments(self.session, self.dossier_no, kinds=(FORM, SIGNED_FORM))
        self.take_stock()

    # ------------------------------------------------------------ the end of the declaration

    @property
    def last_day(self) -> date | None:
        """Return the last day on which the person may come, as registration has told it to them; None if nothing ends (I6)."""
        return None if self.expires_at is None else day_ending_at(self.expires_at)

    def extend(self, expires_at: datetime) -> None:
        """Take over a later end of the ten days; never an earlier one (W1)."""
        if self.status in GONE or (self.expires_at is not None and expires_at <= self.expires_at):
            return
        if self.letters_until is not None and self.expires_at is not None:
            self.letters_until += expires_at - self.expires_at
        self.expires_at = expires_at
        self.revision += 1
        self.log("extended", expires_at=expires_at.isoformat())

    def end(self, status: str, at: datetime, **details: Any) -> None:
        """Close the case of a declaration that has expired (I6) or was withdrawn, and delete the personal data.

        :param details: what its history says besides.
        """
        if self.status in GONE:
            return
        if self.status not in _MAY_END[status]:
            self.log(f"{status}{TOO_LATE}", status=self.status)
            return
        self.status = status
        self.set_clock()
        self.free()
        self.forget()
        self.revision += 1
        self.log(status, since=at.isoformat(), **details)

    def forget(self) -> None:
        """Delete all personal data, and the documents that offices added (I6)."""
        self.bhxh_code = self.subject = self.contact = self.guardian = self.parent = self.particulars = self.letter = None
        self.hgd = self.advice = self.reason = self.insisted_because = None
        self.warnings, self.awaited = [], None
        forget_attachments(self.session, self.dossier_no)
        erasure.erase(self.session, self.dossier_no, waiting=True)


_BY_NUMBER = sa.select(Case).where(Case.dossier_no == sa.bindparam("no"))
_LOCKED_BY_NUMBER = _BY_NUMBER.with_for_update().execution_options(populate_existing=True)

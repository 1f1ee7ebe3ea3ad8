"""The case: one for each dossier, from the declaration to the decision. Its methods are the rules; see domain.md, Verification.

::

    new ──▶ received ──▶ checking ──▶ approved
     │          │           ├──▶ name_near, name_differs, code_not_found ──▶ (assessed again) checking, or rejected
     │          └──────────▶ rejected
     └──▶ expired, withdrawn

Each method: guards, one change, one fact. Facts are recorded in the transaction of the change.
"""

import unicodedata
from datetime import date, datetime
from typing import Any

from services.chassis import clock, jobs
from services.chassis.bus.outbox import record
from services.chassis.documents import Document
from services.chassis.facts import Fact
from services.verification import events, names, reasons
from services.verification.case_row import (
    APPROVED,
    CHECKING,
    CODE_NOT_FOUND,
    EXPIRED,
    GONE,
    NAME_DIFFERS,
    NAME_NEAR,
    NEW,
    OPEN,
    RECEIVED,
    REJECTED,
    UNREACHABLE,
    WAITING,
    WITHDRAWN,
    CaseRow,
)
from services.verification.directory import Answer
from services.verification.officers import Officer
from services.verification.records import Attachment, add_attachment, attachments_of, delete_attachments
from services.verification.refusals import Incomplete

#: name of the job that asks HGĐ
LOOK_UP = "hgd_look_up"
#: name of the job that deletes a document which an office put
DELETE_DOCUMENT = "delete_document"
_AFTER_NAMES = {"near": NAME_NEAR, "differs": NAME_DIFFERS}


class Case(CaseRow):
    """One dossier, and what may be done with it."""

    __tablename__ = "cases"

    # ------------------------------------------------------------ working on it

    def claim(self, by: Officer, *, lease_seconds: float) -> None:
        """Make the case this officer's for a while, or for longer; a lease that has run out may be taken by anyone."""
        self._must_be(*OPEN, CHECKING)
        self._hold(by, lease_seconds)

    def release(self, by: Officer) -> None:
        """Give the case back before the lease runs out."""
        self._not_held_by_another(by)
        if self.claimed_by is not None:
            self._free()
            self._log("released", by)

    def receive(self, by: Officer, *, id_shown: bool, lease_seconds: float) -> None:
        """The person has come: the ten days stop (I6). Said again, only the officer's word about the ID is added (V3)."""
        self._must_be(*OPEN)
        self._must_not_be_past_expiry()
        self._hold(by, lease_seconds)
        if id_shown and self.id_shown_at is None:
            self.id_shown_at = clock.now()
            self._log("id_shown", by)
        if self.received_at is not None:
            return
        self.received_at, self.received_office_code = clock.now(), by.office_code
        self.status = RECEIVED if self.status == NEW else self.status
        self._log("received", by)
        self._tell(events.CaseReceived(dossier_no=self.dossier_no, office_code=by.office_code, received_at=self.received_at))

    def supplement(self, by: Officer, kind: str, document: Document, *, lease_seconds: float) -> None:
        """Put what is missing into the dossier, or a better picture (V4, V5)."""
        self.may_be_supplemented(by)
        self._hold(by, lease_seconds)
        now = clock.now()
        there = attachments_of(self._session, self.dossier_no).get(kind)
        if there is None:
            there = Attachment(dossier_no=self.dossier_no, kind=kind, first_at=now)
            add_attachment(self._session, there)
        elif there.added_by is not None:
            self._have_deleted(there.document_id)
        there.document_id, there.sha256 = document.document_id, document.sha256
        there.size, there.content_type = document.size, document.content_type
        there.added_at, there.added_by = now, by.account_id
        self._changed()
        self._log("supplemented", by, kind=kind, sha256=document.sha256)

    def may_be_supplemented(self, by: Officer) -> None:
        """Asked before an upload is looked at, too.

        :raises Refused: if it may not.
        """
        self._must_be(*OPEN)
        self._must_not_be_past_expiry()
        self._not_held_by_another(by)

    def correct(self, by: Officer, *, full_name: str | None, bhxh_code: str | None, lease_seconds: float) -> None:
        """Write the name or the code as the papers have it, after HGĐ did not know them so (V7); then it is assessed again."""
        self._must_be(*WAITING)
        self._hold(by, lease_seconds)
        name = " ".join(unicodedata.normalize("NFC", full_name).split()) if full_name else None
        changes = {"full_name": name, "bhxh_code": bhxh_code}
        subject = dict(self.subject or {})
        fields = [field for field, value in changes.items() if value is not None and value != subject.get(field)]
        self.subject = subject | {field: changes[field] for field in fields}
        self.bhxh_code = self.subject["bhxh_code"]
        self._changed()
        self._log("corrected", by, fields=fields)

    # ------------------------------------------------------------ assessing it

    def assess_valid(self, by: Officer, *, id_shown: bool, lease_seconds: float) -> None:
        """Record "hồ sơ hợp lệ" (V6): it is kept, and HGĐ is asked (V7). Where somebody has to come, this says that they have."""
        self._must_be_assessable()
        self._must_not_be_past_expiry()
        self._hold(by, lease_seconds)
        if self.status in WAITING:
            self.resumed_at = clock.now()
        if self.needs_visit and self.status in OPEN:
            self.receive(by, id_shown=id_shown, lease_seconds=lease_seconds)
        if lacks := self.missing:
            raise Incomplete(lacks)
        self.status, self.check_no = CHECKING, self.check_no + 1
        self.hgd = self.hgd_outcome = self.hgd_at = None
        self.assessed_by, self.assessed_office_code = by.account_id, by.office_code
        self._free()
        self._changed()
        self._log("assessed_valid", by)
        question = {"case_id": str(self.id), "check_no": self.check_no}
        jobs.add(self._session, LOOK_UP, question, key=f"{self.id}:{self.check_no}", correlation_id=self.dossier_no)

    def assess_invalid(self, by: Officer, *, reason_code: str, words: str | None, lease_seconds: float) -> None:
        """Record "hồ sơ không hợp lệ", with a reason that people are told (V6, V8); never for missing pictures (V4)."""
        reason = reasons.sentence(reason_code, words, self.route)
        self._must_be_assessable()
        self._hold(by, lease_seconds)
        self.status, self.decided_at = REJECTED, clock.now()
        self.reason_code, self.reason = reason_code, reason
        self.assessed_by, self.assessed_office_code = by.account_id, by.office_code
        self._free()
        self._log("rejected", by, reason_code=reason_code)
        self._tell(events.DeclarationRejected(**self._decision(), reason_code=reason_code, reason=reason))

    def hear(self, answer: Answer, check_no: int) -> None:
        """What HGĐ says about the code and the full name (V7). An answer to a question that no longer stands changes nothing."""
        if self.status != CHECKING or check_no != self.check_no:
            return
        self.hgd_at = clock.now()
        if not answer.found:
            self.status, self.hgd_outcome = CODE_NOT_FOUND, "unknown_code"
            self._log("hgd_answered", outcome=self.hgd_outcome)
            self._tell(self._code_not_found(self.hgd_at))
            return
        likeness = names.compare(str((self.subject or {})["full_name"]), answer.full_name)
        born = answer.date_of_birth.isoformat() if answer.date_of_birth else None
        self.hgd, self.hgd_outcome = {"full_name": answer.full_name, "date_of_birth": born}, likeness
        self._log("hgd_answered", outcome=likeness)
        if likeness in _AFTER_NAMES:
            self.status = _AFTER_NAMES[likeness]
            self._changed()
            return
        self.status, self.decided_at = APPROVED, clock.now()
        self._free()
        self._log("approved", assessed_by=self.assessed_by)
        self._tell(events.IdentityVerified(**self._decision()))

    def hear_nothing(self, check_no: int) -> None:
        """HGĐ gave no answer within all tries: "valid" is kept (V7), and may be said again to ask anew."""
        if self.status == CHECKING and check_no == self.check_no:
            self.hgd_outcome, self.hgd_at = UNREACHABLE, clock.now()
            self._changed()
            self._log("hgd_not_reached")

    # ------------------------------------------------------------ what registration tells

    def expire(self, at: datetime) -> None:
        """The ten days are over (I6): personal data are deleted. If somebody was received before, the clock had stopped."""
        self._end(EXPIRED, at, holds=self.status == NEW)

    def withdraw(self, at: datetime) -> None:
        """The person has taken the declaration back; that holds until it is decided."""
        self._end(WITHDRAWN, at, holds=self.status in (*OPEN, CHECKING))

    def _end(self, status: str, at: datetime, *, holds: bool) -> None:
        if self.status in GONE:
            return
        if not holds:
            self._log(f"{status}_too_late", status=self.status)
            return
        self.status = status
        self._free()
        self.forget()
        self._changed()
        self._log(status, since=at.isoformat())

    def forget(self) -> None:
        """Delete every personal datum, and the documents that offices have put (registration deletes its own)."""
        self.bhxh_code = self.subject = self.contact = self.guardian = None
        self.hgd = self.reason = None
        self.warnings = []
        for attachment in delete_attachments(self._session, self.dossier_no):
            if attachment.added_by is not None:
                self._have_deleted(attachment.document_id)

    # ------------------------------------------------------------ what is told

    def _decision(self) -> dict[str, Any]:
        """What both decisions tell. A dossier that is rejected before it was complete has its clock start with the decision."""
        return {
            "dossier_no": self.dossier_no,
            "kind": self.kind,
            "route": self.route,
            "subject": _with_date(self.subject or {}),
            "contact": self.contact,
            "guardian": self.guardian,
            "office": self.office,
            "decided_office_code": self.assessed_office_code,
            "complete_at": self.complete_at or self.decided_at,
            "decided_at": self.decided_at,
        }

    def _code_not_found(self, asked_at: datetime) -> Fact:
        return events.CodeNotFound(
            dossier_no=self.dossier_no,
            kind=self.kind,
            route=self.route,
            full_name=str((self.subject or {})["full_name"]),
            contact=self.contact or {},
            office=self.office,
            asked_at=asked_at,
        )

    def _have_deleted(self, document_id: str) -> None:
        jobs.add(
            self._session, DELETE_DOCUMENT, {"document_id": document_id}, key=document_id, correlation_id=self.dossier_no
        )

    def _tell(self, fact: Fact) -> None:
        self._changed()
        record(self._session, fact, revision=self.revision, correlation_id=self.dossier_no)


def _with_date(subject: dict[str, Any]) -> dict[str, Any]:
    """JSON keeps a date as text."""
    born = subject.get("date_of_birth")
    return subject | {"date_of_birth": date.fromisoformat(born) if born else None}

"""The declaration (Form 01), from draft to end. One row each, so reading or locking one takes one statement.

    draft ──submit──▶ submitted ──case_received──▶ received ──▶ verified ──▶ activated · adjusted · stopped · without_effect
                          │                           ├──▶ rejected
                          ├──10 days──▶ expired       ├──▶ code_not_found (waits, may be verified later)
                          └──DELETE───▶ withdrawn ◀───┘ (only when it was left for ten working days)

Facts of other services may arrive late or out of order: ``progress.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.documents import Document
from services.chassis.ids import uuid7
from services.chassis.uploads.distinct import must_differ
from services.registration.attachments.facts import AttachmentAdded
from services.registration.declarations.facts import DeclarationSubmitted, DeclarationWithdrawn
from services.registration.declarations.particulars import told_particulars, told_subject
from services.registration.declarations.refusals import AttachmentsClosed, CannotWithdraw, NotADraft
from services.registration.expiry.terms import Term
from services.registration.expiry.waiting import Waiting
from services.registration.reports.counted import Counted
from services.registration.schema import Base

#: I8: at most one registration of a BHXH code is in one of these
OPEN = ("submitted", "received", "code_not_found", "verified")
#: an officer has received the person, or HGĐ did not know the code; nothing is decided
UNFINISHED = ("received", "code_not_found")
STATUSES = ("draft", *OPEN, "rejected", "activated", "adjusted", "stopped", "without_effect", "expired", "withdrawn")
#: what a person may upload; form_pdf is generated
UPLOADS = ("id_front", "id_back", "portrait", "birth_certificate", "signed_form")
FORM_PDF = "form_pdf"
#: in `warnings`, for officers: no account is known for the code of an adjust or stop; one is known for that of a registration
NO_ACCOUNT, HAS_ACCOUNT = ABOUT_ACCOUNTS = ("account", "has_account")


def _index(name: str, column: str, where: str, *, unique: bool = False) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(name, column, unique=unique, postgresql_where=condition, sqlite_where=condition)


class Declaration(Counted, Waiting, Base):
    """One Form 01. `clear_personal_data` leaves only number, kind, route, office, times and status (I6)."""

    __tablename__ = "declarations"
    __table_args__ = (
        # I8 holds in the database: of two submissions at once only one can win
        _index("declarations_open_registration", "bhxh_code", f"kind = 'register' AND status IN {OPEN}", unique=True),
        _index("declarations_expires_at", "expires_at", "status = 'submitted'"),
        _index("declarations_last_day", "last_day", "status = 'submitted'"),
        _index("declarations_warn_at", "warn_at", "status = 'submitted' AND warned_at IS NULL"),
        _index("declarations_left_due_at", "left_due_at", f"status IN {UNFINISHED} AND left_at IS NULL"),
        _index("declarations_rejected", "ended_at", "status = 'rejected' AND bhxh_code IS NOT NULL"),
        _index("declarations_drafts", "created_at", "status = 'draft'"),
    )
    correlation = "dossier_no"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    #: what people quote, taken at submission. A draft has its `draft_id` here, so that it can be discarded and restored by it
    dossier_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    route: Mapped[str]
    channel: Mapped[str]
    filing: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    revision: Mapped[int] = mapped_column(default=0)
    #: newest revision of verification's case received so far
    case_revision: Mapped[int] = mapped_column(default=0)
    tracking_hash: Mapped[bytes]
    office: Mapped[dict[str, Any]]

    bhxh_code: Mapped[str | None]
    guardian_account_id: Mapped[str | None]
    subject: Mapped[dict[str, Any] | None]
    contact: Mapped[dict[str, Any] | None]
    guardian: Mapped[dict[str, Any] | None]
    #: who comes with a child (V3)
    parent: Mapped[dict[str, Any] | None]
    #: needed only for the printed form: contact person, with whom the person registers (portal, I-VAN), start date
    particulars: Mapped[dict[str, Any] | None]
    #: kind → stored document (claim check)
    attachments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: kind → document that an office added, which verification owns, with the revision that told of it
    office_documents: Mapped[dict[str, Any] | None]
    warnings: Mapped[list[str]] = mapped_column(default=list)
    #: why an officer rejected it: reason_code, and the reason in the officer's own words
    refusal: Mapped[dict[str, Any] | None]

    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    #: when an officer last corrected the form (V3)
    corrected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def draft_id(self) -> str:
        """Return what the filer calls it by until it has a number."""
        return str(self.id)

    @property
    def number(self) -> str | None:
        """Return the dossier number, or None for a draft that has none yet."""
        return None if self.dossier_no == self.draft_id else self.dossier_no

    @property
    def documents(self) -> dict[str, Any]:
        """Return the documents by kind; what an office added counts before what the person sent."""
        return {**self.attachments, **(self.office_documents or {})}

    @property
    def odd_fields(self) -> list[str]:
        """Return the fields of the form that look odd (I9): the warnings, without what they tell officers of an account (I8)."""
        return [warning for warning in self.warnings if warning not in ABOUT_ACCOUNTS]

    def submit(self, now: datetime, term: Term | None, *, number: str, sealed_form_link: str | None = None) -> None:
        """Submit the declaration under its dossier number: the person has agreed to the commitment (I4, I5).

        :param term: the ten days, where the person must come to an office (I6): not for a guardian (V9), not at a counter.
        :param sealed_form_link: the link to the form, for the SMS about a child (child step 6).
        :raises NotADraft: if it was submitted before.
        """
        if self.status != "draft" or self.subject is None or self.contact is None:
            raise NotADraft
        self.status, self.submitted_at, self.dossier_no = "submitted", now, number
        if term is not None:
            self.last_day, self.expires_at, self.warn_at, self.close_at, self.letters_until = term
        self.tell(
            DeclarationSubmitted(
                dossier_no=self.dossier_no,
                draft_id=self.draft_id,
                kind=self.kind,
                route=self.route,
                channel=self.channel,
                submitted_at=now,
                expires_at=self.expires_at,
                last_day=self.last_day,
                subject=told_subject(self.subject),
                contact=self.contact,
                guardian=self.guardian,
                office=self.office,
                filing=self.filing,
                attachments=[self.attachments[kind] for kind in sorted(self.attachments)],
                signature=None,
                parent=self.parent,
                letters_until=self.letters_until,
                **told_particulars(self.particulars or {}),
                warnings=self.warnings,
                phone_proved=self.phone_proved,
                sealed_form_link=sealed_form_link,
            )
        )

    def attach(self, kind: str, document: Document, now: datetime, *, made_for: str | None = None) -> dict[str, Any]:
        """Attach a stored document in place of an earlier one of its kind; once submitted, tell `AttachmentAdded`.

        Return the claim check that rows and facts carry: its kind, id, hash, type and size.

        The person may upload until an officer receives them (V4); the generated PDF may be attached later.

        :param made_for: why the PDF was made (`form01/jobs.py`).
        :raises SamePicture: if the same file stands for another paper (V3).
        :raises AttachmentsClosed: once an officer has received the person, or the declaration has ended.
        """
        takes_it = self.status in ("draft", "submitted") or kind == FORM_PDF
        if not takes_it or self.subject is None or self.contact is None:
            raise AttachmentsClosed
        if kind != FORM_PDF:
            must_differ(kind, document.sha256, {other: each["sha256"] for other, each in self.documents.items()})
        claim_check = {"kind": kind, **asdict(document)}
        self.attachments = {**self.attachments, kind: claim_check}
        self.note_pictures()
        if self.status != "draft":
            self.tell(
                AttachmentAdded(
                    dossier_no=self.dossier_no,
                    attachment=claim_check,
                    added_at=now,
                    full_name=self.subject["full_name"],
                    contact=self.contact,
                    last_day=self.last_day,
                    filing=self.filing,
                    route=self.route,
                    corrected_at=self.corrected_at,
                    made_for=made_for,
                )
            )
        return claim_check

    def confirm_phone(self, phone: str) -> bool:
        """Adopt the phone that an officer has confirmed with the person (I11). Tell whether the form must be made anew."""
        if self.contact is None:
            return False
        corrected: bool = self.contact["phone"] != phone
        self.contact, self.phone_proved = self.contact | {"phone": phone}, True
        return corrected

    @property
    def may_be_withdrawn(self) -> bool:
        """Tell whether the person may take it back: before an officer received it, or once it was left unfinished."""
        return self.status == "submitted" or (self.status in UNFINISHED and self.left_at is not None)

    def withdraw(self, now: datetime, *, superseded_by: str | None = None) -> None:
        """Withdraw the declaration. The caller erases it in the same transaction.

        :param superseded_by: the number of the one that takes its place at a counter (I8); whoever filed this one is told of the end alone.
        :raises CannotWithdraw: if an officer is working on it, or it has ended.
        """
        if not self.may_be_withdrawn:
            raise CannotWithdraw
        self.status, self.ended_at = "withdrawn", now
        self.tell(
            DeclarationWithdrawn(
                dossier_no=self.dossier_no,
                kind=self.kind,
                route=self.route,
                withdrawn_at=now,
                superseded_by=superseded_by,
                contact=self.contact if superseded_by else None,
            )
        )

    def clear_personal_data(self) -> list[str]:
        """Clear all personal data. Return the ids of the documents, which must be deleted too (`erasure.py`)."""
        documents = [document["document_id"] for document in self.attachments.values()]
        self.subject = self.contact = self.guardian = self.parent = self.particulars = self.refusal = None
        self.bhxh_code = self.guardian_account_id = None
        self.attachments, self.office_documents, self.warnings, self.awaited = {}, None, [], None
        return documents

"""The declaration (Form 01), from draft to end. One row each, so reading or locking one takes one statement.

    draft ──submit──▶ submitted ──case_received──▶ received ──▶ verified ──▶ activated · adjusted · stopped
                          │                           ├──▶ rejected
                          ├──10 days──▶ expired       └──▶ code_not_found (waits, may be verified later)
                          └──DELETE───▶ withdrawn

Facts of other services may arrive late or out of order: ``progress.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.aggregate import Aggregate
from services.chassis.documents import Document
from services.chassis.ids import uuid7
from services.chassis.uploads.distinct import must_differ
from services.registration.attachments.facts import AttachmentAdded
from services.registration.declarations.facts import DeclarationSubmitted, DeclarationWithdrawn
from services.registration.declarations.particulars import told_particulars, told_subject
from services.registration.declarations.refusals import AttachmentsClosed, CannotWithdraw, NotADraft
from services.registration.expiry.facts import DeclarationExpired, DeclarationExpiring
from services.registration.schema import Base

#: I8: at most one registration of a BHXH code is in one of these
OPEN = ("submitted", "received", "code_not_found", "verified")
STATUSES = ("draft", *OPEN, "rejected", "activated", "adjusted", "stopped", "expired", "withdrawn")
#: what a person may upload; form_pdf is generated
UPLOADS = ("id_front", "id_back", "portrait", "birth_certificate", "signed_form")
FORM_PDF = "form_pdf"
POST = "post"


def _index(name: str, column: str, where: str, *, unique: bool = False) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(name, column, unique=unique, postgresql_where=condition, sqlite_where=condition)


class Declaration(Aggregate, Base):
    """One Form 01. `clear_personal_data` leaves only number, kind, route, office, times and status (I6)."""

    __tablename__ = "declarations"
    __table_args__ = (
        # I8 holds in the database: of two submissions at once only one can win
        _index("declarations_open_registration", "bhxh_code", f"kind = 'register' AND status IN {OPEN}", unique=True),
        _index("declarations_expires_at", "expires_at", "status = 'submitted'"),
        _index("declarations_drafts", "created_at", "status = 'draft'"),
    )
    correlation = "dossier_no"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
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
    expires_at: Mapped[datetime | None]
    #: until when an office may record that the letter has come (I12); None where none is expected
    letters_until: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    #: when an officer last corrected the form (V3)
    corrected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def erased(self) -> bool:
        """Tell whether the person's data have been deleted."""
        return self.subject is None

    @property
    def documents(self) -> dict[str, Any]:
        """Return the documents by kind; what an office added counts before what the person sent."""
        return {**self.attachments, **(self.office_documents or {})}

    @property
    def by_post(self) -> bool:
        """Tell whether a letter brings the papers, so that nobody has to come (I12)."""
        return self.filing == POST and self.route in ("portal", "counter")

    def submit(
        self, now: datetime, *, expiry: timedelta, letters: timedelta = timedelta(0), sealed_form_link: str | None = None
    ) -> None:
        """Submit the declaration: the person has agreed to the commitment (I4, I5).

        The ten days run only where the person must come to an office (I6): not for a guardian (V9), not at a counter.

        :param letters: how long after its last day a letter may still arrive that was posted in time (I12).
        :param sealed_form_link: the link to the form, for the SMS about a child (child step 6).
        :raises NotADraft: if it was submitted before.
        """
        if self.status != "draft" or self.subject is None or self.contact is None:
            raise NotADraft
        self.status, self.submitted_at = "submitted", now
        self.expires_at = now + expiry if self.route == "portal" else None
        self.letters_until = self.expires_at + letters if self.expires_at and self.by_post else None
        self.tell(
            DeclarationSubmitted(
                dossier_no=self.dossier_no,
                kind=self.kind,
                route=self.route,
                channel=self.channel,
                submitted_at=now,
                expires_at=self.expires_at,
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
        if self.status != "draft":
            self.tell(
                AttachmentAdded(
                    dossier_no=self.dossier_no,
                    attachment=claim_check,
                    added_at=now,
                    full_name=self.subject["full_name"],
                    contact=self.contact,
                    filing=self.filing,
                    corrected_at=self.corrected_at,
                    made_for=made_for,
                )
            )
        return claim_check

    def warn(self, now: datetime) -> None:
        """Warn the person that the ten days are nearly over (I6, ours)."""
        if self.expires_at is None:
            raise ValueError("a declaration without an expiry cannot be expiring")
        self.warned_at = now
        self.tell(DeclarationExpiring(expires_at=self.expires_at, **self._named_person()))

    def expire(self, now: datetime) -> None:
        """Cancel the declaration: nobody came in time (I6, 2659 step 3). The caller erases it in the same transaction."""
        self.status, self.ended_at = "expired", now
        self.tell(DeclarationExpired(expired_at=now, **self._named_person()))

    def withdraw(self, now: datetime) -> None:
        """Withdraw the declaration before an officer receives it. The caller erases it in the same transaction.

        :raises CannotWithdraw: if an officer has received it, or it has ended.
        """
        if self.status != "submitted":
            raise CannotWithdraw
        self.status, self.ended_at = "withdrawn", now
        self.tell(DeclarationWithdrawn(dossier_no=self.dossier_no, kind=self.kind, route=self.route, withdrawn_at=now))

    def clear_personal_data(self) -> list[str]:
        """Clear all personal data. Return the ids of the documents, which must be deleted too (`erasure.py`)."""
        documents = [document["document_id"] for document in self.attachments.values()]
        self.subject = self.contact = self.guardian = self.parent = self.particulars = self.refusal = None
        self.bhxh_code = self.guardian_account_id = None
        self.attachments, self.office_documents, self.warnings = {}, None, []
        return documents

    def _named_person(self) -> dict[str, Any]:
        """Return the fields that the facts about its expiry share: the declaration, and whom to notify."""
        if self.subject is None or self.contact is None:
            raise ValueError("the data of this declaration have been deleted")
        return {
            "dossier_no": self.dossier_no,
            "kind": self.kind,
            "route": self.route,
            "bhxh_code": self.subject["bhxh_code"],
            "full_name": self.subject["full_name"],
            "contact": self.contact,
            "filing": self.filing,
        }

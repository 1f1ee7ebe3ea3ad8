"""Declarations (Form 01): the life of one, from draft to its end. One row each, so that reading and locking one is one statement.

    draft ──submit──▶ submitted ──case_received──▶ received ──▶ verified ──▶ activated · adjusted · stopped
                          │                           ├──▶ rejected
                          ├──10 days──▶ expired       └──▶ code_not_found (waits, may be verified later)
                          └──DELETE───▶ withdrawn

What other services tell may come late or out of order: ``model_progress.py``.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.bus.outbox import record
from services.chassis.database import Instant
from services.chassis.errors import Permanent
from services.chassis.facts import Fact
from services.chassis.ids import uuid7
from services.registration import events

#: I8: at most one registration of a BHXH code is in one of these
OPEN = ("submitted", "received", "code_not_found", "verified")
STATUSES = ("draft", *OPEN, "rejected", "activated", "adjusted", "stopped", "expired", "withdrawn")
#: what a person may send; form_pdf is made here
UPLOADS = ("id_front", "id_back", "portrait", "birth_certificate", "signed_form")
FORM_PDF = "form_pdf"

metadata = sa.MetaData()
_JSON = sa.JSON(none_as_null=True)


class NotNow(Permanent):
    """The declaration's state does not allow it; ``kind`` is the problem's name, said in both languages."""

    def __init__(self, kind: str, *, vi: str, en: str) -> None:
        self.kind, self.vi, self.en = kind, vi, en
        super().__init__(en)


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        datetime: Instant(),
        dict[str, Any]: _JSON,
        list[str]: _JSON,
        bytes: sa.LargeBinary(32),
    }


class Declaration(Base):
    """One Form 01. After ``erase`` only number, kind, route, office, times and status are left (I6)."""

    __tablename__ = "declarations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    dossier_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    route: Mapped[str]
    channel: Mapped[str]
    filing: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    #: counts the changes that others hear of
    revision: Mapped[int] = mapped_column(default=0)
    #: newest revision of verification's case that was heard of
    case_revision: Mapped[int] = mapped_column(default=0)
    tracking_hash: Mapped[bytes]
    office: Mapped[dict[str, Any]]

    bhxh_code: Mapped[str | None]
    guardian_account_id: Mapped[str | None]
    subject: Mapped[dict[str, Any] | None]
    contact: Mapped[dict[str, Any] | None]
    guardian: Mapped[dict[str, Any] | None]
    #: what the form says beside: contact person, registered at, I-VAN, start date
    particulars: Mapped[dict[str, Any] | None]
    #: kind → document by claim check
    attachments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warnings: Mapped[list[str]] = mapped_column(default=list)
    #: of a refusal: reason_code and the officer's own words
    refusal: Mapped[dict[str, Any] | None]

    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        # I8 holds in the database: two submissions at once cannot both win
        sa.Index(
            "declarations_open_registration",
            "bhxh_code",
            unique=True,
            postgresql_where=sa.text(f"kind = 'register' AND status IN {OPEN}"),
            sqlite_where=sa.text(f"kind = 'register' AND status IN {OPEN}"),
        ),
        sa.Index(
            "declarations_expires_at",
            "expires_at",
            postgresql_where=sa.text("status = 'submitted'"),
            sqlite_where=sa.text("status = 'submitted'"),
        ),
        sa.Index(
            "declarations_drafts",
            "created_at",
            postgresql_where=sa.text("status = 'draft'"),
            sqlite_where=sa.text("status = 'draft'"),
        ),
    )

    @property
    def erased(self) -> bool:
        """Whether the person's data are gone."""
        return self.subject is None

    @property
    def takes_attachments(self) -> bool:
        """Until an officer receives the person; later pictures are added at the office (V4)."""
        return self.status in ("draft", "submitted")

    def submit(self, now: datetime, *, expiry: timedelta) -> events.DeclarationSubmitted:
        """Commitment given: the declaration is sent (I4, I5). Ten days run where a visit is awaited (I6; not V9, not counter)."""
        if self.status != "draft" or self.subject is None or self.contact is None:
            raise NotNow("not-a-draft", vi="Tờ khai này không còn là bản nháp.", en="This declaration is no draft any more.")
        self.status, self.submitted_at = "submitted", now
        self.expires_at = now + expiry if self.route == "portal" else None
        self.revision += 1
        return events.DeclarationSubmitted(
            dossier_no=self.dossier_no,
            kind=self.kind,
            route=self.route,
            channel=self.channel,
            submitted_at=now,
            expires_at=self.expires_at,
            subject=_with_date(self.subject),
            contact=self.contact,
            guardian=self.guardian,
            office=self.office,
            filing=self.filing,
            attachments=[self.attachments[kind] for kind in sorted(self.attachments)],
            signature=None,
            warnings=self.warnings,
        )

    def attach(self, document: dict[str, Any], now: datetime) -> events.AttachmentAdded | None:
        """Keep a document, in place of another of its kind. Told to the others once the declaration is submitted."""
        kind = document["kind"]
        if self.erased or not (self.takes_attachments or (kind == FORM_PDF and self.status != "draft")):
            raise NotNow(
                "attachments-closed",
                vi="Hồ sơ đã được tiếp nhận hoặc đã kết thúc, không nhận thêm tài liệu ở đây.",
                en="The dossier has been received or has ended; it takes no more documents here.",
            )
        self.attachments = {**self.attachments, kind: document}
        if self.status == "draft" or self.subject is None or self.contact is None:
            return None
        self.revision += 1
        return events.AttachmentAdded(
            dossier_no=self.dossier_no,
            attachment=document,
            added_at=now,
            full_name=self.subject["full_name"],
            contact=self.contact,
        )

    def warn(self, now: datetime) -> events.DeclarationExpiring:
        """Tell the person that the days are nearly over (I6, ours)."""
        bhxh_code, full_name, contact = self._person()
        if self.expires_at is None:
            raise ValueError("a declaration without an expiry cannot be expiring")
        self.warned_at = now
        self.revision += 1
        return events.DeclarationExpiring(
            dossier_no=self.dossier_no,
            kind=self.kind,
            route=self.route,
            expires_at=self.expires_at,
            bhxh_code=bhxh_code,
            full_name=full_name,
            contact=contact,
        )

    def expire(self, now: datetime) -> events.DeclarationExpired:
        """Nobody came in time: cancelled, and the data deleted (I6, 2659 step 3). ``erase`` follows."""
        bhxh_code, full_name, contact = self._person()
        self.status, self.ended_at = "expired", now
        self.revision += 1
        return events.DeclarationExpired(
            dossier_no=self.dossier_no,
            kind=self.kind,
            route=self.route,
            expired_at=now,
            bhxh_code=bhxh_code,
            full_name=full_name,
            contact=contact,
        )

    def withdraw(self, now: datetime) -> events.DeclarationWithdrawn:
        """The person takes it back before anybody has received it. ``erase`` follows."""
        if self.status != "submitted":
            raise NotNow(
                "cannot-withdraw",
                vi="Hồ sơ đã được tiếp nhận hoặc đã kết thúc, không rút lại được.",
                en="The dossier has been received or has ended; it cannot be withdrawn.",
            )
        self.status, self.ended_at = "withdrawn", now
        self.revision += 1
        return events.DeclarationWithdrawn(dossier_no=self.dossier_no, kind=self.kind, route=self.route, withdrawn_at=now)

    def erase(self) -> list[str]:
        """Forget the person; the ids of the documents that are to be deleted."""
        documents = [document["document_id"] for document in self.attachments.values()]
        self.subject = self.contact = self.guardian = self.particulars = self.refusal = None
        self.bhxh_code = self.guardian_account_id = None
        self.attachments, self.warnings = {}, []
        return documents

    def _person(self) -> tuple[str, str, dict[str, Any]]:
        if self.subject is None or self.contact is None:
            raise ValueError("the data of this declaration were deleted")
        return self.subject["bhxh_code"], self.subject["full_name"], self.contact


def tell(session: Session, declaration: Declaration, fact: Fact | None) -> None:
    """Record what a method of the declaration returned, with its number and revision."""
    if fact is not None:
        record(session, fact, revision=declaration.revision, correlation_id=declaration.dossier_no)


def _with_date(subject: dict[str, Any]) -> dict[str, Any]:
    born = subject.get("date_of_birth")
    return subject | {"date_of_birth": date.fromisoformat(born) if born else None}

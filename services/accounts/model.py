"""Accounts of citizens and staff: what may become of them, and what is told.

pending ──▶ active ──▶ stopped        citizens: opened by a dossier, active once the first password is made
active ◀─▶ disabled       staff
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.accounts import events
from services.accounts.settings import Settings
from services.chassis.bus.outbox import record
from services.chassis.database import Instant
from services.chassis.facts import Fact
from services.chassis.ids import uuid7

CITIZEN, NEWCOMER = "citizen", "newcomer"
#: roles of staff (A12, V11)
STAFF_ROLES = ("officer", "approver", "director", "board", "support", "admin")
PENDING, ACTIVE, STOPPED, DISABLED = "pending", "active", "stopped", "disabled"


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant(), dict[str, Any]: sa.JSON(), str: sa.Text()}


class Account(Base):
    """One person's way in. A citizen's user name is the BHXH code, staff have one of their own (A1, A12)."""

    __tablename__ = "accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    role: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int] = mapped_column(default=0)
    bhxh_code: Mapped[str | None]
    #: 12 digits; not unique: who mistypes one must not lock its owner out
    personal_id: Mapped[str | None]
    username: Mapped[str | None]
    full_name: Mapped[str]
    date_of_birth: Mapped[date | None]
    id_type: Mapped[str | None]
    id_number: Mapped[str | None]
    phone: Mapped[str]
    email: Mapped[str | None]
    address: Mapped[dict[str, Any] | None]
    office: Mapped[str | None]
    province: Mapped[str | None]
    board: Mapped[str | None]
    #: the dossier that opened it
    dossier_no: Mapped[str | None]
    route: Mapped[str | None]
    complete_at: Mapped[datetime | None]
    #: when the latest decision to register this person fell
    registered_as_of: Mapped[datetime | None]
    #: when the decision fell that contact data is from
    contact_as_of: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=False)
    #: whether the person has been told that this password is nearly too old
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "accounts_open_bhxh_code",
            "bhxh_code",
            unique=True,
            postgresql_where=sa.text("status <> 'stopped'"),
            sqlite_where=sa.text("status <> 'stopped'"),
        ),
    )

    @property
    def contact(self) -> dict[str, Any]:
        """Where the person, or a child's guardian, is reached."""
        return {"phone": self.phone, "email": self.email}

    @property
    def names(self) -> tuple[str | None, ...]:
        """What a password must not contain."""
        local = self.phone.removeprefix("+84")
        return (self.bhxh_code, self.personal_id, self.username, self.id_number, local)

    @property
    def is_staff(self) -> bool:
        return self.role != CITIZEN

    def adjust(
        self, session: Session, dossier_no: str, contact: dict[str, Any], *, decided_at: datetime, now: datetime
    ) -> None:
        """The contact data becomes that of the dossier (A9), unless a later decision has set it already."""
        if self.contact_as_of is None or decided_at >= self.contact_as_of:
            self.phone, self.email = contact["phone"], contact["email"]
            self.address = contact["address"] or self.address
            self.contact_as_of = decided_at
        self.confirm(session, dossier_no, now=now)

    def confirm(self, session: Session, dossier_no: str, *, now: datetime) -> None:
        """A dossier ended in this account as it now is."""
        fact = events.AccountAdjusted(
            account_id=str(self.id),
            dossier_no=dossier_no,
            bhxh_code=self.bhxh_code or "",
            full_name=self.full_name,
            contact=self.contact,
            adjusted_at=now,
        )
        self.tell(session, fact)

    def stop(self, session: Session, dossier_no: str, *, now: datetime) -> None:
        """The account is closed for good (A9); the person may register anew."""
        self.status, self.closed_at, self.password_hash = STOPPED, now, None
        fact = events.AccountStopped(
            account_id=str(self.id),
            dossier_no=dossier_no,
            bhxh_code=self.bhxh_code or "",
            full_name=self.full_name,
            contact=self.contact,
            stopped_at=now,
        )
        self.tell(session, fact)

    def change_password(self, session: Session, password_hash: str, *, now: datetime) -> None:
        """The holder chose another password (A5)."""
        self.keep_password(password_hash, now)
        self.tell(session, events.PasswordChanged(account_id=str(self.id), contact=self.contact, changed_at=now))

    def reset_password(self, session: Session, password_hash: str, *, now: datetime) -> None:
        """A forgotten password is replaced (A8)."""
        self.keep_password(password_hash, now)
        self.tell(session, events.PasswordReset(account_id=str(self.id), contact=self.contact, reset_at=now))

    def remind(self, session: Session, settings: Settings, *, now: datetime) -> None:
        """The password is nearly too old (A4). Said once for each password."""
        self.reminded_at = now
        expires_at = (self.password_set_at or now) + timedelta(days=settings.password_max_age_days)
        self.tell(session, events.PasswordExpiring(account_id=str(self.id), contact=self.contact, expires_at=expires_at))

    def must_change_password(self, settings: Settings, now: datetime) -> bool:
        """At first sign-in (A3), and after six months unless the setting says remind only (A4)."""
        if self.must_change or settings.remind_only or self.password_set_at is None:
            return self.must_change
        return now - self.password_set_at >= timedelta(days=settings.password_max_age_days)

    def tell(self, session: Session, fact: Fact) -> None:
        """Record a fact about this account."""
        self.revision += 1
        record(session, fact, revision=self.revision)

    def keep_password(self, password_hash: str, now: datetime) -> None:
        """A password that its holder chose."""
        self.password_hash, self.password_set_at = password_hash, now
        self.must_change, self.reminded_at = False, None


class Dossier(Base):
    """What became of a verified declaration here: each is acted on once, however often it is told."""

    __tablename__ = "dossiers"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[str]
    #: opened, linked (the person had an account), adjusted, stopped, late (older than the registration)
    outcome: Mapped[str]
    decided_at: Mapped[datetime]


class Guardianship(Base):
    """A child's account that was registered from the account of its father, mother or guardian (A10, 702 app. 1)."""

    __tablename__ = "guardianships"

    child_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    guardian_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    relationship: Mapped[str]
    dossier_no: Mapped[str]
    linked_at: Mapped[datetime]


# written out: with bound values PostgreSQL could not use the partial indexes
OPEN = Account.status != sa.literal_column(f"'{STOPPED}'", sa.Text())
IS_ACTIVE = Account.status == sa.literal_column(f"'{ACTIVE}'", sa.Text())
IS_STAFF = Account.role != sa.literal_column(f"'{CITIZEN}'", sa.Text())


_LOCK = (
    sa.select(Account).where(Account.id == sa.bindparam("id")).with_for_update().execution_options(populate_existing=True)
)


def lock(session: Session, account_id: uuid.UUID) -> Account | None:
    """The account, with nobody else changing it until this transaction ends."""
    return session.scalar(_LOCK, {"id": account_id})


def find(session: Session, name: str) -> Account | None:
    """The account that a user name stands for: BHXH code, 12-digit personal number (A1), or a name of staff."""
    name = name.strip().lower()
    query = sa.select(Account).where(OPEN).limit(2)
    if name.isascii() and name.isdigit():
        query = query.where((Account.bhxh_code if len(name) == 10 else Account.personal_id) == name)
    else:
        query = query.where(Account.username == name)
    found = session.scalars(query).all()
    # a personal number that two accounts claim signs in to neither
    return found[0] if len(found) == 1 and found[0].status in (PENDING, ACTIVE) else None

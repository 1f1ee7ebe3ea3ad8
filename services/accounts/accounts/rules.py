"""Accounts of citizens and staff: how they change, and the facts that follow.

pending ──▶ active ──▶ stopped        citizens: opened by a dossier, active once the first password is made
active ◀─▶ disabled       staff
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.accounts.facts import AccountAdjusted, AccountStopped
from services.accounts.accounts.roles import CITIZEN
from services.accounts.passwords.facts import PasswordChanged, PasswordExpiring, PasswordReset
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.aggregate import Aggregate
from services.chassis.ids import uuid7
from services.chassis.recovery import ledger

PENDING, ACTIVE, STOPPED, DISABLED = "pending", "active", "stopped", "disabled"
#: what the ledger knows of an account, by its id: a password was chosen; rights of staff were changed
PASSWORD_SET, RIGHTS_CHANGED = "password", "rights"


_ADJUSTABLE = ("full_name", "date_of_birth", "id_type", "id_number", "phone", "email", "address")
PERSON = ("date_of_birth", "id_type", "id_number", "address")


def person_of(row: Any) -> dict[str, Any]:
    """Return the holder's data by the names of the facts; the personal ID only if no other open account has it (V15)."""
    return {name: getattr(row, name) for name in PERSON} | {"personal_id": row.unique_id}


def _given(subject: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dossier gives, by the names of the columns; what it leaves out is not among it."""
    data = {**subject, **contact}
    return {name: data[name] for name in _ADJUSTABLE if data[name] is not None}


class Account(Aggregate, Base):
    """An account of a citizen, whose user name is the BHXH code, or of staff, whose user name is chosen (A1, A12).

    A unique index allows one account per BHXH code that is not stopped.
    """

    __tablename__ = "accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    role: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int] = mapped_column(default=0)
    bhxh_code: Mapped[str | None]
    #: 12 digits
    personal_id: Mapped[str | None]
    #: the same once the account alone has it, held by a unique index (V15, `identities`)
    unique_id: Mapped[str | None]
    username: Mapped[str | None]
    #: 12 digits, of staff, who must not decide their own dossier (V14)
    own_id: Mapped[str | None]
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
    #: first and last day of the rights of staff, in Vietnam (V11)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    #: when verification was last told where this member of staff works; None for citizens, and until then
    assignment_told_at: Mapped[datetime | None]
    #: the dossier that opened it
    dossier_no: Mapped[str | None]
    route: Mapped[str | None]
    #: counter, post: the legal clock of the first password depends on it (I12)
    filing: Mapped[str | None]
    complete_at: Mapped[datetime | None]
    #: when the latest decision to register this person was made
    registered_as_of: Mapped[datetime | None]
    #: time of the decision from which the contact data come
    contact_as_of: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=False)
    #: when the holder was reminded that this password expires soon
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def contact(self) -> dict[str, Any]:
        """Return the contact data of the holder, or of a child's guardian."""
        return {"phone": self.phone, "email": self.email}

    @property
    def person(self) -> dict[str, Any]:
        """Return the holder's data by the names of the facts."""
        return person_of(self)

    @property
    def identifiers(self) -> tuple[str | None, ...]:
        """Return what others know of the holder, of which a password must not be made (`passwords.personal`)."""
        born = self.date_of_birth.isoformat() if self.date_of_birth else None
        numbers = (self.bhxh_code, self.personal_id, self.id_number, self.own_id, self.phone.removeprefix("+84"))
        return *numbers, self.username, self.email, self.full_name, born

    @property
    def hint(self) -> str:
        """Return the user name with its middle masked, to tell apart the accounts of a family on one phone: `01****9841`."""
        name = self.bhxh_code or self.username or ""
        return f"{name[:2]}****{name[-4:] if self.bhxh_code else name[-1:]}"

    @property
    def is_staff(self) -> bool:
        return self.role != CITIZEN

    def has_news_in(self, decided_at: datetime) -> bool:
        """Tell whether no later decision than this one has set the data already."""
        return self.contact_as_of is None or decided_at >= self.contact_as_of

    def adjust(
        self,
        dossier_no: str,
        subject: Mapping[str, Any],
        contact: Mapping[str, Any],
        *,
        decided_at: datetime,
        claimed: bool = False,
    ) -> None:
        """Adopt what the dossier confirmed (A9, V12), unless a later decision has set it already.

        What is not in the form stays as it was; `remove_email` takes the e-mail address away.

        :param claimed: the dossier's personal ID has just been claimed for the account (`identities.claim`).
        """
        before, previous_contact = {name: getattr(self, name) for name in _ADJUSTABLE}, self.contact
        if self.has_news_in(decided_at):
            for name, value in _given(subject, contact).items():
                setattr(self, name, value)
            if contact["remove_email"]:
                self.email = None
            self.contact_as_of = decided_at
        changed = [name for name, value in before.items() if getattr(self, name) != value]
        self._tell_adjusted(dossier_no, changed + ["personal_id"] * claimed, previous_contact)

    def correct_phone(self, dossier_no: str, phone: str, *, at: datetime) -> None:
        """Take over the phone that an officer confirmed with the holder; the old one is told of it (V12)."""
        if phone == self.phone:
            return
        previous_contact = self.contact
        self.phone, self.contact_as_of = phone, at
        self._tell_adjusted(dossier_no, ["phone"], previous_contact)

    def confirm(self, dossier_no: str) -> None:
        """Settle a dossier without changing the account."""
        self._tell_adjusted(dossier_no, [], self.contact)

    def _tell_adjusted(self, dossier_no: str, changed: list[str], previous_contact: dict[str, Any]) -> None:
        self.tell(
            AccountAdjusted(
                **self._dossier_fields(dossier_no),
                adjusted_at=clock.now(),
                person=self.person,
                changed=changed,
                previous_contact=previous_contact,
            )
        )

    def stop(self, dossier_no: str) -> None:
        """Close the account for good (A9); the person may register anew."""
        self.status, self.closed_at, self.password_hash = STOPPED, clock.now(), None
        self.tell(AccountStopped(**self._dossier_fields(dossier_no), stopped_at=self.closed_at))

    def change_password(self, password_hash: str) -> None:
        """Replace the password with another that the holder chose (A5)."""
        now = self.set_password(password_hash)
        self.tell(PasswordChanged(account_id=str(self.id), contact=self.contact, account_hint=self.hint, changed_at=now))

    def reset_password(self, password_hash: str) -> None:
        """Replace a forgotten password (A8)."""
        now = self.set_password(password_hash)
        self.tell(PasswordReset(account_id=str(self.id), contact=self.contact, account_hint=self.hint, reset_at=now))

    def remind_of_expiry(self, settings: Settings) -> None:
        """Record, once for each password, that it expires soon (A4)."""
        self.reminded_at = clock.now()
        expires_at = (self.password_set_at or self.reminded_at) + timedelta(days=settings.password_max_age_days)
        self.tell(
            PasswordExpiring(account_id=str(self.id), contact=self.contact, account_hint=self.hint, expires_at=expires_at)
        )

    def must_change_password(self, settings: Settings) -> bool:
        """Tell whether the password is a first one (A3), or is too old and `PASSWORD_EXPIRY` forces a change (A4)."""
        if self.must_change or settings.remind_only or self.password_set_at is None:
            return self.must_change
        return clock.now() - self.password_set_at >= timedelta(days=settings.password_max_age_days)

    def set_password(self, password_hash: str) -> datetime:
        """Set a chosen password without recording a fact; return the moment at which it was set."""
        now = clock.now()
        # a restored backup must not bring the replaced one back
        ledger.note(self.session, PASSWORD_SET, str(self.id), at=now)
        self.password_hash, self.password_set_at = password_hash, now
        self.must_change, self.reminded_at = False, None
        return now

    def _dossier_fields(self, dossier_no: str) -> dict[str, Any]:
        """Return the fields that the facts about a dossier share."""
        return {
            "account_id": str(self.id),
            "dossier_no": dossier_no,
            "bhxh_code": self.bhxh_code or "",
            "full_name": self.full_name,
            "contact": self.contact,
        }

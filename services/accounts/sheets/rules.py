"""First-sign-in sheets (A12): a code on paper that lets a member of staff enrol a second factor, good for some days.

The paper alone opens nothing: password or phone are asked for as well. So nobody is let in, or taken over, by one person: one prints the sheet, another
has the phone. Lock the account before issuing or ending one.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.factors.facts import SHEET_ISSUED, changed
from services.accounts.passwords import hashing
from services.accounts.passwords.generated import as_generated, generate_password
from services.accounts.schema import Base
from services.accounts.settings import CommandSettings
from services.accounts.staff.rights import Grant, record_rights
from services.chassis import clock
from services.chassis.ids import uuid7

_IN_HISTORY = "Phiếu đăng nhập lần đầu: {}"


class Sheet(Base):
    """The one sheet of a member of staff that is in force; a newer one takes its place."""

    __tablename__ = "sheets"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), unique=True)
    code_hash: Mapped[str]
    #: account id, or `vss:NAME` for an operator
    issued_by: Mapped[str]
    reason: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True)
class NewCode:
    """An enrolment code: in clear for the sheet, hashed for the table."""

    code: str = field(repr=False)
    code_hash: str = field(repr=False)


def prepare_code() -> NewCode:
    """Make a code and hash it: never inside a transaction."""
    code = generate_password()
    return NewCode(code, hashing.hash_password(code))


def issue(account: Account, new: NewCode, grant: Grant, settings: CommandSettings) -> Sheet:
    """Put a sheet in force; an earlier one is void. Who issued it, and why, stays in the history of rights (V11)."""
    end(account)
    now = clock.now()
    until = now + timedelta(days=settings.sheet_days)
    sheet = Sheet(
        account_id=account.id,
        code_hash=new.code_hash,
        issued_by=grant.by,
        reason=grant.reason,
        issued_at=now,
        expires_at=until,
    )
    account.session.add(sheet)
    account.tell(changed(account, SHEET_ISSUED, now))
    record_rights(account, Grant(grant.by, _IN_HISTORY.format(grant.reason)))
    account.session.flush()
    return sheet


def end(account: Account) -> None:
    """Make the sheet void: a second factor is enrolled."""
    account.session.execute(sa.delete(Sheet).where(Sheet.account_id == account.id))


def in_force(session: Session, account_id: uuid.UUID) -> Sheet | None:
    """Return the sheet whose code can be used now."""
    return session.scalar(sa.select(Sheet).where(Sheet.account_id == account_id, Sheet.expires_at > clock.now()))


def as_typed(code: str) -> str:
    """Return the code as it was printed, however it was retyped."""
    return as_generated(code)

"""What accounts has told of its accounts: whose identity is in use (V15), what an adjustment changes (V12), who is a guardian (V9).

A copy that may lag by seconds; accounts itself is the last line against a second account.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.verification.schema import Base

PERSONAL_ID_LENGTH = 12


class KnownAccount(Base):
    """An account, open or closed, as of the newest fact about it."""

    __tablename__ = "known_accounts"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    bhxh_code: Mapped[str]
    personal_id: Mapped[str | None]
    full_name: Mapped[str | None]
    #: ISO text, as in a case's `subject`
    date_of_birth: Mapped[str | None]
    id_type: Mapped[str | None]
    id_number: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_open: Mapped[bool]
    #: of the account, as of the newest fact; below 0 for what was known before accounts told it
    revision: Mapped[int]


def record_open(session: Session, fact: Any, fallback: Mapping[str, Any]) -> None:
    """Record an account as `account_activated` or `account_adjusted` tells it; a later fact counts.

    :param fallback: the `subject` and address of the dossier, for facts of releases that did not tell the person.
    """
    known = session.get(KnownAccount, fact.account_id, with_for_update=True)
    revision = fact.envelope.revision
    if known is not None and known.revision >= revision:
        return
    if known is None:
        known = KnownAccount(account_id=fact.account_id, bhxh_code=fact.bhxh_code)
        session.add(known)
    person = fact.person
    if person is not None:
        born = person["date_of_birth"]
        person = {**person, "date_of_birth": born.isoformat() if born else None}
    elif known.revision is None:
        person = {**fallback, "personal_id": personal_id_in(fallback)}
    for name in ("personal_id", "date_of_birth", "id_type", "id_number", "address") if person is not None else ():
        setattr(known, name, person.get(name))
    known.full_name, known.phone, known.email = fact.full_name, fact.contact["phone"], fact.contact["email"]
    known.is_open, known.revision = True, revision


def record_stopped(session: Session, account_id: str, bhxh_code: str, revision: int) -> None:
    """Record that an account is closed: its identity is free. It never opens again."""
    known = session.get(KnownAccount, account_id, with_for_update=True)
    if known is None:
        known = KnownAccount(account_id=account_id, bhxh_code=bhxh_code)
        session.add(known)
    known.is_open, known.revision = False, max(revision, known.revision or 0)


def record_holder_of(session: Session, personal_id: str, account_id: str, bhxh_code: str) -> None:
    """Record that an account holds an ID, as accounts said when it refused another one, unless its own facts have come."""
    if session.get(KnownAccount, account_id) is None:
        session.add(
            KnownAccount(account_id=account_id, bhxh_code=bhxh_code, personal_id=personal_id, is_open=True, revision=-1)
        )


def personal_id_in(subject: Mapping[str, Any] | None) -> str | None:
    """Return the 12 digits that identify a person: the personal ID, or the CCCD number, which is the same."""
    data = subject or {}
    for number in (data.get("personal_id"), data.get("id_number") if data.get("id_type") == "cccd" else None):
        if number and len(number) == PERSONAL_ID_LENGTH:
            return str(number)
    return None


def other_holders(session: Session, subject: Mapping[str, Any] | None) -> Sequence[KnownAccount]:
    """Return the open accounts under another BHXH code that have the subject's personal ID (V15)."""
    personal_id = personal_id_in(subject)
    if subject is None or personal_id is None:
        return ()
    query = sa.select(KnownAccount).where(KnownAccount.personal_id == personal_id, KnownAccount.is_open)
    return session.scalars(
        query.where(KnownAccount.bhxh_code != subject["bhxh_code"]).order_by(KnownAccount.bhxh_code)
    ).all()


def open_account_of(session: Session, bhxh_code: str | None) -> KnownAccount | None:
    """Return the open account of a BHXH code."""
    query = sa.select(KnownAccount).where(KnownAccount.bhxh_code == bhxh_code, KnownAccount.is_open)
    return session.scalars(query.order_by(KnownAccount.account_id.desc())).first()

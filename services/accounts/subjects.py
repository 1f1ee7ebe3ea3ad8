"""What accounts holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import IS_STAFF
from services.accounts.accounts.rules import Account
from services.accounts.known.recognition import KnownAddress, KnownDevice
from services.accounts.sessions.rules import DeviceSession
from services.accounts.sign_ins.rules import SignInRecord
from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown


def _mine(person: Person) -> list[sa.ColumnElement[bool]]:
    """By code or ID only: a phone may be a whole family's."""
    mine = [Account.bhxh_code == person.bhxh_code] if person.bhxh_code else []
    if person.id_number:
        mine += [Account.personal_id == person.id_number, Account.id_number == person.id_number]
    return mine


def _accounts(session: Session, person: Person) -> Sequence[Account]:
    mine = _mine(person)
    return rows_with(session, Account, sa.and_(~IS_STAFF, sa.or_(*mine))) if mine else []


def _of_accounts(kind: type[Any]) -> Any:
    def of(session: Session, person: Person) -> Sequence[Any]:
        mine = _mine(person)
        accounts = sa.select(Account.id).where(~IS_STAFF, sa.or_(*mine)) if mine else None
        return [] if accounts is None else rows_with(session, kind, kind.account_id.in_(accounts))

    return of


def _keep_account(_session: ServiceSession, account: Account) -> str | None:
    return (
        "transactions were signed with it; kept as the law of archives says (Law 33/2024)"
        if account.status == "stopped"
        else "it is in use: it may be stopped by a declaration (Form 01)"
    )


def _delete(session: ServiceSession, row: Any) -> None:
    session.delete(row)


def _delete_ended(session: ServiceSession, row: DeviceSession) -> str | None:
    if row.ended_at is None:
        return "somebody is signed in by it"
    session.delete(row)
    return None


HOLDINGS = (
    Holding("accounts", _accounts, lambda row: shown(row, without=("password_hash",)), _keep_account),
    Holding("sessions", _of_accounts(DeviceSession), shown, _delete_ended),
    Holding("sign_ins", _of_accounts(SignInRecord), lambda row: shown(row, without=("network_hash",)), _delete),
    Holding("known_devices", _of_accounts(KnownDevice), shown, _delete),
    Holding("known_networks", _of_accounts(KnownAddress), lambda row: shown(row, without=("network_hash",)), _delete),
)

"""What verification holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED, REJECTED
from services.verification.known.accounts import KnownAccount


def _cases(session: Session, person: Person) -> Sequence[Case]:
    """By code or ID only: a phone may be a whole family's."""
    mine = [Case.bhxh_code == person.bhxh_code] if person.bhxh_code else []
    if person.id_number:
        mine.append(Case.subject["id_number"].as_string() == person.id_number)
    return rows_with(session, Case, *mine)


def _show(case: Case) -> dict[str, Any]:
    return shown(case)


def _erase(_session: ServiceSession, case: Case) -> str | None:
    if case.status == REJECTED:
        case.forget()
        case.revision += 1
        case.log("forgotten")
        return None
    if case.status == APPROVED:
        return "the ground on which the account exists; kept as the law of archives says (Law 33/2024)"
    return "it is under way: it may be withdrawn, which erases it"


def _accounts(session: Session, person: Person) -> Sequence[KnownAccount]:
    mine = [KnownAccount.bhxh_code == person.bhxh_code] if person.bhxh_code else []
    if person.id_number:
        mine += [KnownAccount.personal_id == person.id_number, KnownAccount.id_number == person.id_number]
    return rows_with(session, KnownAccount, *mine)


def _erase_account(_session: ServiceSession, known: KnownAccount) -> str | None:
    """Erase who held an account that is closed; that there was one stays (V9)."""
    if known.is_open:
        return "a copy of the account, which is in use"
    known.personal_id = known.full_name = known.date_of_birth = known.id_type = known.id_number = None
    known.phone = known.email = known.address = None
    return None


HOLDINGS = (Holding("cases", _cases, _show, _erase), Holding("known_accounts", _accounts, shown, _erase_account))

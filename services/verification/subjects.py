"""What verification holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED, REJECTED


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


HOLDINGS = (Holding("cases", _cases, _show, _erase),)

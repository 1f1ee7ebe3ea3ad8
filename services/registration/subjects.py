"""What registration holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown
from services.registration.declarations.accounts import KnownAccount
from services.registration.declarations.erasure import discard_draft, forget_rejected
from services.registration.declarations.rules import Declaration


def _declarations(session: Session, person: Person) -> Sequence[Declaration]:
    """By code or ID only: a phone may be a whole family's."""
    mine = [Declaration.bhxh_code == person.bhxh_code] if person.bhxh_code else []
    if person.id_number:
        mine.append(Declaration.subject["id_number"].as_string() == person.id_number)
    return rows_with(session, Declaration, *mine)


def _show(declaration: Declaration) -> dict[str, Any]:
    return shown(declaration, without=("tracking_hash",))


def _erase(_session: ServiceSession, declaration: Declaration) -> str | None:
    """Erase drafts and what was rejected; whoever has an account or waits for one needs the rest."""
    if declaration.status == "draft":
        discard_draft(declaration)
        return None
    if declaration.status == "rejected":
        forget_rejected(declaration)
        return None
    if declaration.ended_at is None:
        return "it is under way: it may be withdrawn, which erases it"
    return "the ground on which the account exists; kept as the law of archives says (Law 33/2024)"


def _accounts(session: Session, person: Person) -> Sequence[KnownAccount]:
    return rows_with(session, KnownAccount, KnownAccount.bhxh_code == person.bhxh_code) if person.bhxh_code else []


def _erase_account(_session: ServiceSession, known: KnownAccount) -> str | None:
    """Erase who held an account that is closed; that there was one stays (I8)."""
    if known.active:
        return "a copy of the account, which is in use"
    known.full_name = known.phone = known.email = None
    return None


HOLDINGS = (
    Holding("declarations", _declarations, _show, _erase),
    Holding("known_accounts", _accounts, shown, _erase_account),
)

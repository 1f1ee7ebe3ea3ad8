"""What follows from a verified identity: an account, another phone number, or no account any more (A1, A9, A10)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.accounts import device, otp
from services.accounts.first_password import FIRST_PASSWORD
from services.accounts.model import CITIZEN, OPEN, PENDING, STOPPED, Account, Dossier, Guardianship
from services.accounts.readers import IdentityVerified
from services.chassis import clock, jobs
from services.chassis.database import ServiceSession
from services.chassis.errors import Permanent, Transient
from services.chassis.facts import Reader
from services.chassis.ids import uuid7
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)


def identity_verified(session: ServiceSession, fact: IdentityVerified) -> None:
    """Act on a dossier once, whichever message tells of it."""
    if session.scalar(_SETTLED, {"dossier_no": fact.dossier_no}) is not None:
        return
    if fact.kind not in ("register", "adjust", "stop"):
        raise Permanent("identity_verified: a kind of declaration that is not known here")
    now = clock.now()
    if fact.kind == "register":
        account_id, outcome = _register(session, fact, now)
    else:
        account_id, outcome = _adjust_or_stop(session, fact, now)
    session.flush()
    session.execute(
        _SETTLE,
        {
            "dossier_no": fact.dossier_no,
            "account_id": account_id,
            "kind": fact.kind,
            "outcome": outcome,
            "decided_at": fact.decided_at,
        },
    )
    log.info("dossier_settled", dossier_no=fact.dossier_no, account_id=str(account_id), kind=fact.kind, outcome=outcome)


def _register(session: ServiceSession, fact: IdentityVerified, now: datetime) -> tuple[uuid.UUID, str]:
    """A1: one account a person. Who has one keeps it as it is: no new password, no other phone number.

    The holder is told of the second dossier at the number that the account has.
    """
    opened: uuid.UUID | None = session.scalar(_insert_unless_open(session.database.is_postgresql), _row(fact, now))
    if opened is not None:
        _link(session, opened, fact, now)
        # one password for an account, however often it is asked for
        jobs.add(session, FIRST_PASSWORD, {"account_id": str(opened)}, key=str(opened))
        return opened, "opened"
    account = _open_account(session, fact.subject["bhxh_code"])
    if account is None:
        raise Transient("the account was stopped in this very moment")
    _link(session, account.id, fact, now)
    account.registered_as_of = max(account.registered_as_of or fact.decided_at, fact.decided_at)
    account.confirm(session, fact.dossier_no, now=now)
    return account.id, "linked"


def _row(fact: IdentityVerified, now: datetime) -> dict[str, Any]:
    """A new account."""
    subject, contact = fact.subject, fact.contact
    return {
        "id": uuid7(),
        "role": CITIZEN,
        "status": PENDING,
        "revision": 0,
        "bhxh_code": subject["bhxh_code"],
        "personal_id": _personal_id(subject),
        "full_name": subject["full_name"],
        "date_of_birth": subject["date_of_birth"],
        "id_type": subject["id_type"],
        "id_number": subject["id_number"],
        "phone": contact["phone"],
        "email": contact["email"],
        "address": contact["address"],
        "dossier_no": fact.dossier_no,
        "route": fact.route,
        "complete_at": fact.complete_at,
        "registered_as_of": fact.decided_at,
        "contact_as_of": fact.decided_at,
        "must_change": True,
        "created_at": now,
    }


# Statements are put together once: that costs more than running them.

_ACCOUNTS: Any = Account.__table__
_DOSSIERS: Any = Dossier.__table__
#: what `_row` holds
_NEW = (
    *("id", "role", "status", "revision", "bhxh_code", "personal_id", "full_name", "date_of_birth", "id_type", "id_number"),
    *("phone", "email", "address", "dossier_no", "route", "complete_at", "registered_as_of", "contact_as_of"),
    *("must_change", "created_at"),
)
_SETTLED = sa.select(_DOSSIERS.c.dossier_no).where(_DOSSIERS.c.dossier_no == sa.bindparam("dossier_no"))
_SETTLE = sa.insert(_DOSSIERS)


@cache
def _insert_unless_open(on_postgresql: bool) -> Any:
    """Open an account unless the person has one; two at once are settled by the database. Gives the new one's id."""
    insert = postgresql.insert(_ACCOUNTS) if on_postgresql else sqlite.insert(_ACCOUNTS)
    # the columns are named, and not taken from the row given: then SQLAlchemy would know this as an insert of many rows
    values = {name: sa.bindparam(name, type_=_ACCOUNTS.c[name].type) for name in _NEW}
    unless_open = insert.values(values).on_conflict_do_nothing(
        index_elements=["bhxh_code"], index_where=sa.text(f"status <> '{STOPPED}'")
    )
    return unless_open.returning(_ACCOUNTS.c.id)


def _personal_id(subject: Mapping[str, Any]) -> str | None:
    """The 12 digits that sign in too (A1): the personal number, or the number of a CCCD, which is the same."""
    for number in (subject["personal_id"], subject["id_number"] if subject["id_type"] == "cccd" else None):
        if number and len(number) == 12 and number.isascii() and number.isdigit():
            return str(number)
    return None


def _link(session: Session, child_id: uuid.UUID, fact: IdentityVerified, now: datetime) -> None:
    """A10: the guardian's account and the child's."""
    if fact.guardian is None:
        return
    try:
        guardian = session.get(Account, uuid.UUID(fact.guardian["account_id"]))
    except ValueError:
        guardian = None
    if guardian is None or guardian.id == child_id:
        log.warning("guardian_unknown", dossier_no=fact.dossier_no, account_id=str(child_id))
        return
    if session.get(Guardianship, (child_id, guardian.id)) is None:
        link = Guardianship(
            child_id=child_id,
            guardian_id=guardian.id,
            relationship=fact.guardian["relationship"],
            dossier_no=fact.dossier_no,
            linked_at=now,
        )
        session.add(link)
        session.flush()


def _adjust_or_stop(session: ServiceSession, fact: IdentityVerified, now: datetime) -> tuple[uuid.UUID, str]:
    """A9. Without an open account: the register may still be on its way, so this is tried again, then parked.

    A decision older than the registration was overtaken by it (a message that came late): the account stays as it is.
    """
    account = _open_account(session, fact.subject["bhxh_code"])
    if account is None:
        raise Transient("no open account for this dossier yet")
    if account.registered_as_of is not None and fact.decided_at < account.registered_as_of:
        account.confirm(session, fact.dossier_no, now=now)
        return account.id, "late"
    if fact.kind == "adjust":
        account.adjust(session, fact.dossier_no, fact.contact, decided_at=fact.decided_at, now=now)
        return account.id, "adjusted"
    device.end(session, account, reason="account_stopped", now=now)
    otp.close_open(session, account, now)
    account.stop(session, fact.dossier_no, now=now)
    return account.id, "stopped"


def _open_account(session: Session, bhxh_code: str) -> Account | None:
    return session.scalar(_OPEN_OF, {"code": bhxh_code})


_OPEN_OF = (
    sa.select(Account)
    .where(Account.bhxh_code == sa.bindparam("code"), OPEN)
    .with_for_update()
    .execution_options(populate_existing=True)
)


HANDLERS: dict[type[Reader], Callable[[ServiceSession, Any], None]] = {IdentityVerified: identity_verified}

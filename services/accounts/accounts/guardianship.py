"""The link between a guardian's account and the children registered from it (A10, công văn 702 appendix 1)."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.readers import IdentityVerified
from services.accounts.schema import Base
from services.chassis import clock, history
from services.chassis.history import Act
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)


class Guardianship(Base):
    """The link from a child's account to the account of the father, mother or guardian who registered it."""

    __tablename__ = "guardianships"

    child_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    guardian_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    relationship: Mapped[str]
    dossier_no: Mapped[str]
    linked_at: Mapped[datetime]


def link_guardian(session: Session, child_id: uuid.UUID, fact: IdentityVerified) -> None:
    """Link the child to the guardian named in a declaration, if the guardian has an account. Idempotent."""
    if fact.guardian is None:
        return
    try:
        guardian = session.get(Account, uuid.UUID(fact.guardian["account_id"]))
    except ValueError:
        guardian = None
    if guardian is None or guardian.id == child_id:
        # the child's account is opened all the same
        log.warning("guardian_unknown", dossier_no=fact.dossier_no, account_id=str(child_id))
        return
    if session.get(Guardianship, (child_id, guardian.id)) is None:
        link = Guardianship(
            child_id=child_id,
            guardian_id=guardian.id,
            relationship=fact.guardian["relationship"],
            dossier_no=fact.dossier_no,
            linked_at=clock.now(),
        )
        session.add(link)
        session.flush()
        act = Act(
            actor="system",
            action="guardian_linked",
            kind="account",
            about=str(child_id),
            purpose=f"dossier {fact.dossier_no}",
            details={"guardian": str(guardian.id)},
        )
        history.add(session, act)


def children_of(session: Session, guardian_id: uuid.UUID) -> list[Any]:
    """Return a row for `schemas.Child` for each child registered from this account, in order of registration.

    So are those registered from an earlier account of the same person, who stopped it and registered anew (A10).
    """
    own, earlier = aliased(Account), aliased(Account)
    of_guardian = (
        sa.select(earlier.id)
        .join(own, sa.or_(own.id == earlier.id, own.bhxh_code == earlier.bhxh_code))
        .where(own.id == guardian_id)
    )
    shown = (Account.id.label("account_id"), Account.bhxh_code, Account.full_name, Account.date_of_birth, Account.status)
    query = (
        sa.select(*shown, Guardianship.relationship, Guardianship.linked_at)
        .join(Guardianship, Guardianship.child_id == Account.id)
        .where(Guardianship.guardian_id.in_(of_guardian))
        .order_by(Guardianship.linked_at, Account.id)
    )
    return list(session.execute(query))

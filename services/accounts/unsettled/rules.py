"""Answer the verified dossiers that leave every account as it was: nobody's account (V12), or somebody else's identity (V15)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.readers import IdentityVerified
from services.accounts.schema import Base
from services.accounts.settings import CommandSettings
from services.accounts.unsettled.facts import DeclarationWithoutEffect, IdentityTaken
from services.chassis import clock
from services.chassis.bus.awaited import is_waiting
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.errors import Transient
from services.chassis.observe.logs import get_logger
from services.chassis.recovery.table import restored_at
from services.chassis.resources import settings_of

log = get_logger(__name__)

#: processes handle messages side by side: the account's `register`, decided just before, may be under way in another one
_JUST_DECIDED = timedelta(seconds=5)


class WithoutEffect(Base):
    """An `adjust` or `stop` that found no open account; it stays without effect, whoever registers later."""

    __tablename__ = "dossiers_without_effect"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    decided_at: Mapped[datetime]


def settle_without_effect(session: ServiceSession, fact: IdentityVerified) -> None:
    """Settle an `adjust` or `stop` for which there is no open account, and tell `DeclarationWithoutEffect`, once (V12).

    :raises Transient: while a `register` of the same code may still come: just decided, held back here, or forgotten by a backup.
    """
    if session.get(WithoutEffect, fact.dossier_no) is not None:
        return
    restored, now = restored_at(session), clock.now()
    # for so long verification may be telling again what a backup forgot
    told_again = timedelta(days=settings_of(session, CommandSettings).facts_keep_days)
    if now - fact.decided_at < _JUST_DECIDED or (restored is not None and now - restored < told_again):
        raise Transient("no open account for this dossier yet")
    if is_waiting(session, "identity_verified", '"register"', fact.subject["bhxh_code"]):
        raise Transient("the register of this code is waiting to be handled")
    session.add(WithoutEffect(dossier_no=fact.dossier_no, kind=fact.kind, decided_at=fact.decided_at))
    told = DeclarationWithoutEffect(
        dossier_no=fact.dossier_no,
        kind=fact.kind,
        bhxh_code=fact.subject["bhxh_code"],
        contact={"phone": fact.contact["phone"], "email": fact.contact["email"]},
        settled_at=now,
    )
    record(session, told, revision=1, correlation_id=fact.dossier_no)
    log.info("dossier_without_effect", dossier_no=fact.dossier_no, kind=fact.kind)


def tell_identity_taken(session: ServiceSession, fact: IdentityVerified, holder: Any) -> None:
    """Tell verification that another open account has the dossier's personal ID (V15); it may decide the dossier anew.

    :raises Transient: without a holder: the other account was closed or corrected at this very moment.
    """
    if holder is None:
        raise Transient("the personal ID was in another account a moment ago")
    told = IdentityTaken(
        dossier_no=fact.dossier_no, decided_at=fact.decided_at, account_id=str(holder.id), bhxh_code=holder.bhxh_code
    )
    record(session, told, revision=1, correlation_id=fact.dossier_no)
    log.info("identity_taken", dossier_no=fact.dossier_no)

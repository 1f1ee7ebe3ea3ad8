"""Act on a verified identity: open an account, change its contact data, or close it (A1, A9, A10)."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.accounts.guardianship import link_guardian
from services.accounts.accounts.identities import claim, other_holder, personal_id_in
from services.accounts.accounts.lookup import lock_open
from services.accounts.accounts.opening import open_account
from services.accounts.accounts.rules import Account
from services.accounts.known.rules import forget_others
from services.accounts.otp.rules import close_codes
from services.accounts.passwords.jobs import FIRST_PASSWORD
from services.accounts.readers import IdentityVerified
from services.accounts.schema import Base
from services.accounts.sessions.rules import end_session
from services.accounts.unsettled.rules import settle_without_effect, tell_identity_taken
from services.chassis import jobs
from services.chassis.database import ServiceSession
from services.chassis.errors import OtherPerson, Permanent, Transient
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)


class Dossier(Base):
    """The outcome of a verified declaration: each is acted on once, however many messages repeat it."""

    __tablename__ = "dossiers"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[str]
    #: opened, linked (the person had an account), adjusted, stopped, late (older than the registration)
    outcome: Mapped[str]
    decided_at: Mapped[datetime]


# built once: building a statement costs more than running it
_TABLE: Any = Dossier.__table__
_SETTLED = (
    sa.select(_TABLE.c.decided_at, Account.bhxh_code)
    .join(Account, Account.id == _TABLE.c.account_id)
    .where(_TABLE.c.dossier_no == sa.bindparam("dossier_no"))
)
_SETTLE = sa.insert(_TABLE)


def provision(session: ServiceSession, fact: IdentityVerified) -> None:
    """Act on a dossier, once. One that cannot be acted on is answered by a fact, never parked (V12, V15).

    :raises OtherPerson: if it was settled before, for somebody else.
    :raises Transient: while the account it concerns may be about to exist.
    :raises Permanent: for an unknown kind of declaration.
    """
    settled = session.execute(_SETTLED, {"dossier_no": fact.dossier_no}).one_or_none()
    if settled is not None:
        if settled.bhxh_code != fact.subject["bhxh_code"]:
            raise OtherPerson("dossier number")
        return
    if fact.kind not in ("register", "adjust", "stop"):
        raise Permanent("identity_verified: unknown kind of declaration")
    result = (_register if fact.kind == "register" else _adjust_or_stop)(session, fact)
    if result is None:
        return
    account_id, outcome = result
    session.flush()
    row = {"dossier_no": fact.dossier_no, "account_id": account_id, "kind": fact.kind, "outcome": outcome}
    session.execute(_SETTLE, row | {"decided_at": fact.decided_at})
    log.info("dossier_settled", dossier_no=fact.dossier_no, account_id=str(account_id), kind=fact.kind, outcome=outcome)


def _register(session: ServiceSession, fact: IdentityVerified) -> tuple[uuid.UUID, str] | None:
    """Open an account unless the person has one (A1), which then stays as it is: no new password, no other phone number.

    The holder is notified of the second dossier at the account's own number. If somebody else has the personal ID, nothing is
    opened, and verification holds the dossier (V15).
    """
    bhxh_code, personal_id = fact.subject["bhxh_code"], personal_id_in(fact.subject)
    account = lock_open(session, bhxh_code)
    if account is None:
        holder = other_holder(session, personal_id, bhxh_code)
        opened = open_account(session, fact) if holder is None else None
        if opened is not None:
            link_guardian(session, opened, fact)
            # one password per account, however often it is requested
            jobs.add(session, FIRST_PASSWORD, {"account_id": str(opened)}, key=str(opened))
            return opened, "opened"
        if holder := holder or other_holder(session, personal_id, bhxh_code):
            tell_identity_taken(session, fact, holder)
            return None
        account = lock_open(session, bhxh_code)
    if account is None:
        raise Transient("the account was stopped at this very moment")
    link_guardian(session, account.id, fact)
    account.registered_as_of = max(account.registered_as_of or fact.decided_at, fact.decided_at)
    account.confirm(fact.dossier_no)
    return account.id, "linked"


def _adjust_or_stop(session: ServiceSession, fact: IdentityVerified) -> tuple[uuid.UUID, str] | None:
    """Adjust or close the account (A9, V12); without an open one the dossier has no effect, and the person is told.

    A decision older than the registration has been overtaken by it (its message came late): the account stays as it is.
    """
    account = lock_open(session, fact.subject["bhxh_code"])
    if account is None:
        settle_without_effect(session, fact)
        return None
    if account.registered_as_of is not None and fact.decided_at < account.registered_as_of:
        account.confirm(fact.dossier_no)
        return account.id, "late"
    if fact.kind == "adjust":
        return _adjust(session, account, fact)
    end_session(account, reason="account_stopped")
    close_codes(account)
    forget_others(session, account)
    account.stop(fact.dossier_no)
    return account.id, "stopped"


def _adjust(session: ServiceSession, account: Account, fact: IdentityVerified) -> tuple[uuid.UUID, str] | None:
    personal_id = personal_id_in(fact.subject)
    is_new = personal_id not in (None, account.personal_id) and account.has_news_in(fact.decided_at)
    if is_new and not claim(account, str(personal_id)):
        tell_identity_taken(session, fact, other_holder(session, personal_id, account.bhxh_code or ""))
        return None
    account.adjust(fact.dossier_no, fact.subject, fact.contact, decided_at=fact.decided_at, claimed=is_new)
    return account.id, "adjusted"

"""What registration does about what the others tell. The map at the foot is the map of this service's inbound queue."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.observe.logs import get_logger
from services.chassis.web import tokens
from services.registration import model_accounts, model_progress, readers
from services.registration.model import Declaration

log = get_logger(__name__)


def case_received(session: ServiceSession, fact: readers.CaseReceived) -> None:
    """The clock of ten days stops (I6)."""
    if declaration := _find(session, fact.dossier_no):
        model_progress.received(declaration, at=fact.received_at, revision=fact.envelope.revision)


def identity_verified(session: ServiceSession, fact: readers.IdentityVerified) -> None:
    """An account is on its way."""
    if declaration := _find(session, fact.dossier_no):
        model_progress.verified(declaration, revision=fact.envelope.revision)


def declaration_rejected(session: ServiceSession, fact: readers.DeclarationRejected) -> None:
    """The person may read why (V8), and may file again (I8)."""
    if declaration := _find(session, fact.dossier_no):
        model_progress.rejected(
            declaration,
            at=fact.decided_at,
            revision=fact.envelope.revision,
            reason_code=fact.reason_code,
            reason=fact.reason,
        )


def code_not_found(session: ServiceSession, fact: readers.CodeNotFound) -> None:
    """The dossier waits (V7)."""
    if declaration := _find(session, fact.dossier_no):
        model_progress.code_not_found(declaration, revision=fact.envelope.revision)


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """From now on this code has an account (I8)."""
    _account(session, fact, "activated", fact.activated_at)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """What an `adjust` asked for is done."""
    _account(session, fact, "adjusted", fact.adjusted_at)


def account_stopped(session: ServiceSession, fact: readers.AccountStopped) -> None:
    """The code has no account any more and may be registered again."""
    _account(session, fact, "stopped", fact.stopped_at)


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Tokens of this session open nothing here any more."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


def _account(
    session: ServiceSession,
    fact: readers.AccountActivated | readers.AccountAdjusted | readers.AccountStopped,
    status: str,
    at: datetime,
) -> None:
    model_accounts.note(
        session, fact.account_id, fact.bhxh_code, active=status != "stopped", revision=fact.envelope.revision
    )
    if declaration := _find(session, fact.dossier_no):
        model_progress.account_done(declaration, status, at=at)


_FIND = sa.select(Declaration).where(Declaration.dossier_no == sa.bindparam("no")).with_for_update()


def _find(session: ServiceSession, dossier_no: str) -> Declaration | None:
    """The declaration, locked. None, and a line in the log, for one that was never here: parking would mend nothing."""
    found = session.scalar(_FIND, {"no": dossier_no})
    if found is None:
        log.warning("declaration_unknown", dossier_no=dossier_no)
    return found


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.CaseReceived: case_received,
    readers.IdentityVerified: identity_verified,
    readers.DeclarationRejected: declaration_rejected,
    readers.CodeNotFound: code_not_found,
    readers.AccountActivated: account_activated,
    readers.AccountAdjusted: account_adjusted,
    readers.AccountStopped: account_stopped,
    readers.SessionRevoked: session_revoked,
}

"""Handle the facts of other services: one function for each, and the map at the foot."""

from collections.abc import Callable

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.web import tokens
from services.verification import readers
from services.verification.cases.adoption import adopt
from services.verification.cases.arrivals import add_attachment, await_until, end_case, extend_case, open_case
from services.verification.cases.statuses import EXPIRED, WITHDRAWN
from services.verification.comparisons.guardian import record_holder


def extend(session: ServiceSession, fact: readers.DeclarationExtended) -> None:
    """Give the person more days: the calendar has changed (I6, W1)."""
    extend_case(session, fact.dossier_no, fact.expires_at)


def await_pictures(session: ServiceSession, fact: readers.PicturesAwaited) -> None:
    """Take over until when a guardian may send the pictures asked for (I6)."""
    await_until(session, fact.dossier_no, fact.expires_at)


def expire(session: ServiceSession, fact: readers.DeclarationExpired) -> None:
    """Close the case: nobody came within ten days (I6)."""
    end_case(session, fact.dossier_no, EXPIRED, fact.expired_at)


def withdraw(session: ServiceSession, fact: readers.DeclarationWithdrawn) -> None:
    """Close the case: the person withdrew the declaration."""
    end_case(session, fact.dossier_no, WITHDRAWN, fact.withdrawn_at)


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Record which dossier opened the account: guardians are compared with it (V9)."""
    record_holder(session, fact.account_id, fact.dossier_no, fact.activated_at)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """Record which dossier the account's data now come from (V9, A9)."""
    record_holder(session, fact.account_id, fact.dossier_no, fact.adjusted_at)


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the tokens of this session from now on (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


HANDLERS: dict[type[Reader], Callable[..., None]] = {
    readers.DeclarationSubmitted: open_case,
    readers.AttachmentAdded: add_attachment,
    readers.DeclarationExtended: extend,
    readers.PicturesAwaited: await_pictures,
    readers.DeclarationExpired: expire,
    readers.DeclarationWithdrawn: withdraw,
    readers.DeclarationGivenBack: adopt,
    readers.AccountActivated: account_activated,
    readers.AccountAdjusted: account_adjusted,
    readers.SessionRevoked: session_revoked,
}

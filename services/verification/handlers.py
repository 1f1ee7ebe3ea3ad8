"""Handle the facts of other services: one function for each, and the map at the foot."""

from collections.abc import Callable

from services.chassis.calendar import Correction, follow_list
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.history.heads import witness
from services.chassis.subjects import Requested, answer
from services.chassis.web import tokens
from services.verification import readers
from services.verification.cases.adoption import adopt
from services.verification.cases.arrivals import (
    add_attachment,
    await_until,
    end_case,
    extend_case,
    open_case,
    record_password_delivery,
)
from services.verification.cases.rules import Case
from services.verification.cases.statuses import EXPIRED, WITHDRAWN
from services.verification.comparisons.guardian import record_holder
from services.verification.decisions.identity import hold_approved
from services.verification.known.accounts import personal_id_in, record_holder_of, record_open, record_stopped
from services.verification.officers.addresses import record_assignment
from services.verification.officers.concerned import record_staff_id
from services.verification.subjects import HOLDINGS


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
    """Close the case: the person withdrew the declaration, or another took its place at a counter (I8)."""
    end_case(session, fact.dossier_no, WITHDRAWN, fact.withdrawn_at, superseded_by=fact.superseded_by)


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Record the account and which dossier opened it: guardians are compared with it (V9), identities with all (V15)."""
    _record_open(session, fact)
    record_holder(session, fact.account_id, fact.dossier_no, fact.activated_at)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """Record what the account now shows, and which dossier that comes from (V9, V12, A9)."""
    _record_open(session, fact)
    record_holder(session, fact.account_id, fact.dossier_no, fact.adjusted_at)


def account_stopped(session: ServiceSession, fact: readers.AccountStopped) -> None:
    """Record that the account is closed: a guardian who is warned of (V9), an identity that is free (V15)."""
    record_stopped(session, fact.account_id, fact.bhxh_code, fact.envelope.revision)


def identity_taken(session: ServiceSession, fact: readers.IdentityTaken) -> None:
    """Hold a case whose identity accounts found in use, after it was approved (V15)."""
    case = Case.locked(session, fact.dossier_no)
    if case is None or (personal_id := personal_id_in(case.subject)) is None:
        return
    record_holder_of(session, personal_id, fact.account_id, fact.bhxh_code)
    hold_approved(case, decided_at=fact.decided_at)


def staff_identified(session: ServiceSession, fact: readers.StaffIdentified) -> None:
    """Record the ID of a member of staff, who must not work on their own dossier (V14)."""
    record_staff_id(session, fact.account_id, fact.own_id, fact.envelope.revision)


def staff_assigned(session: ServiceSession, fact: readers.StaffAssigned) -> None:
    """Record where a member of staff works, to write to them when a legal clock runs out (N)."""
    names = ("role", "office_code", "province_code", "full_name", "email", "valid_from", "valid_until")
    told = {name: getattr(fact, name) for name in names}
    record_assignment(session, fact.account_id, fact.envelope.revision, told, active=fact.active)


def calendar_changed(session: ServiceSession, fact: readers.CalendarChanged) -> None:
    """Replace the local copy of the holiday list (W1)."""
    follow_list(session, [Correction(**each) for each in fact.corrections], revision=fact.envelope.revision)


def _record_open(session: ServiceSession, fact: readers.AccountActivated | readers.AccountAdjusted) -> None:
    case = Case.of(session, fact.dossier_no)
    told = {**(case.subject or {}), "address": (case.contact or {}).get("address")} if case else {}
    record_open(session, fact, told)


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the tokens of this session from now on (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


def data_subject_requested(session: ServiceSession, fact: Requested) -> None:
    """Answer somebody who asks what is held of them, for a copy, or for its erasure (P2)."""
    answer(session, fact, HOLDINGS)


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
    readers.AccountStopped: account_stopped,
    readers.IdentityTaken: identity_taken,
    readers.StaffIdentified: staff_identified,
    readers.StaffAssigned: staff_assigned,
    readers.PasswordDeliveryReported: record_password_delivery,
    readers.SessionRevoked: session_revoked,
    readers.CalendarChanged: calendar_changed,
    Requested: data_subject_requested,
    **witness("notifications"),
}

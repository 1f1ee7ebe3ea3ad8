"""Handle the facts of other services: one function for each. The map at the foot lists all that the inbound queue carries."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.calendar import Correction, calendar_of, day_in_vietnam, follow_list
from services.chassis.database import ServiceSession
from services.chassis.errors import Transient
from services.chassis.facts import Reader
from services.chassis.observe.logs import get_logger
from services.chassis.recovery.table import restored_at
from services.chassis.resources import settings_of
from services.chassis.subjects import Requested, answer
from services.chassis.web import tokens
from services.registration import readers
from services.registration.declarations import progress
from services.registration.declarations.accounts import record_account
from services.registration.declarations.corrections import follow_correction, follow_phone, follow_supplement
from services.registration.declarations.rebuilding import rebuild
from services.registration.declarations.rules import Declaration
from services.registration.expiry.terms import PATIENCE_WORKING_DAYS, left_due_at
from services.registration.settings import Settings
from services.registration.subjects import HOLDINGS

log = get_logger(__name__)


def case_received(session: ServiceSession, fact: readers.CaseReceived) -> None:
    """Stop the ten days (I6)."""
    if declaration := _find(session, fact.dossier_no):
        due_at = left_due_at(calendar_of(session), fact.received_at, about=fact.dossier_no)
        progress.record_receipt(declaration, at=fact.received_at, revision=fact.envelope.revision, left_due_at=due_at)
        declaration.count_receipt(session, fact.office_code)


def phone_confirmed(session: ServiceSession, fact: readers.PhoneConfirmed) -> None:
    """Adopt the phone that an officer confirmed with the person (I11); one that was corrected stands on a new form."""
    if declaration := _find(session, fact.dossier_no):
        follow_phone(session, declaration, fact)


def declaration_corrected(session: ServiceSession, fact: readers.DeclarationCorrected) -> None:
    """Take over an officer's correction, and make the form anew (V3)."""
    if declaration := _find(session, fact.dossier_no):
        follow_correction(session, declaration, fact)


def document_supplemented(session: ServiceSession, fact: readers.DocumentSupplemented) -> None:
    """Record a picture that an office added, so that the form shows it (V4, V5)."""
    if declaration := _find(session, fact.dossier_no):
        follow_supplement(session, declaration, fact)


def identity_verified(session: ServiceSession, fact: readers.IdentityVerified) -> None:
    """Record that person and code are verified; accounts acts next."""
    if declaration := _find(session, fact.dossier_no):
        progress.record_verification(declaration, revision=fact.envelope.revision)
        declaration.count_decision(
            session, office_code=fact.decided_office_code, complete_at=fact.complete_at, decided_at=fact.decided_at
        )


def declaration_rejected(session: ServiceSession, fact: readers.DeclarationRejected) -> None:
    """Record the rejection: the person may read why (V8) and file again (I8)."""
    if declaration := _find(session, fact.dossier_no):
        progress.record_rejection(
            declaration,
            at=fact.decided_at,
            revision=fact.envelope.revision,
            reason_code=fact.reason_code,
            reason=fact.reason,
        )
        declaration.count_decision(
            session,
            office_code=fact.decided_office_code,
            complete_at=fact.complete_at,
            decided_at=fact.decided_at,
            reason_code=fact.reason_code,
        )


def code_not_found(session: ServiceSession, fact: readers.CodeNotFound) -> None:
    """Record that HGĐ does not know the code; the dossier waits (V7)."""
    if declaration := _find(session, fact.dossier_no):
        due_at = left_due_at(calendar_of(session), clock.now(), about=fact.dossier_no)
        progress.record_unknown_code(declaration, revision=fact.envelope.revision, left_due_at=due_at)


def pictures_requested(session: ServiceSession, fact: readers.PicturesRequested) -> None:
    """Give the guardian ten working days to send the pictures that an officer has asked for (702 app. 1 step 8; I6)."""
    if declaration := _find(session, fact.dossier_no):
        calendar = calendar_of(session)
        last_day = calendar.after(day_in_vietnam(fact.requested_at), PATIENCE_WORKING_DAYS)
        terms = settings_of(session, Settings).terms
        declaration.await_pictures(fact.pictures, terms.ending_on(calendar, last_day, about=fact.dossier_no))


def account_given_back(session: ServiceSession, fact: readers.AccountGivenBack) -> None:
    """Record an open account that this database has forgotten, or whose holder's contact data it never had (I8, I11)."""
    record_account(
        session,
        fact.account_id,
        fact.bhxh_code,
        active=True,
        revision=fact.envelope.revision,
        full_name=fact.full_name,
        contact=fact.contact,
    )


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Record that the code has an account (I8), and end the declaration that asked for it."""
    _record_account_fact(session, fact, "activated", fact.activated_at)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """End the `adjust` that asked for it."""
    _record_account_fact(session, fact, "adjusted", fact.adjusted_at)


def account_stopped(session: ServiceSession, fact: readers.AccountStopped) -> None:
    """Record that the code's account is closed, so that it may be registered again."""
    _record_account_fact(session, fact, "stopped", fact.stopped_at)


def identity_questioned(session: ServiceSession, fact: readers.IdentityQuestioned) -> None:
    """Record that the dossier waits for an office (V15)."""
    if declaration := _find(session, fact.dossier_no):
        progress.record_question(declaration, revision=fact.envelope.revision)


def declaration_without_effect(session: ServiceSession, fact: readers.DeclarationWithoutEffect) -> None:
    """End an `adjust` or `stop` that found no open account (V12)."""
    if declaration := _find(session, fact.dossier_no):
        progress.record_account_result(declaration, "without_effect", at=fact.settled_at)


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the tokens of this session from now on."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


def calendar_changed(session: ServiceSession, fact: readers.CalendarChanged) -> None:
    """Replace the local copy of the holiday list (W1)."""
    corrections = [Correction(**each) for each in fact.corrections]
    follow_list(session, corrections, revision=fact.envelope.revision)


def _record_account_fact(
    session: ServiceSession,
    fact: readers.AccountActivated | readers.AccountAdjusted | readers.AccountStopped,
    status: str,
    at: datetime,
) -> None:
    record_account(
        session,
        fact.account_id,
        fact.bhxh_code,
        active=status != "stopped",
        revision=fact.envelope.revision,
        full_name=fact.full_name,
        contact=fact.contact,
    )
    if declaration := _find(session, fact.dossier_no):
        progress.record_account_result(declaration, status, at=at)


def data_subject_requested(session: ServiceSession, fact: Requested) -> None:
    """Answer somebody who asks what is held of them, for a copy, or for its erasure (P2)."""
    answer(session, fact, HOLDINGS)


_FIND = sa.select(Declaration).where(Declaration.dossier_no == sa.bindparam("no")).with_for_update()


def _find(session: ServiceSession, dossier_no: str) -> Declaration | None:
    """Return the declaration, locked; None, logged, for one that was never submitted here, since parking would not help.

    :raises Transient: after a restored backup, which may know it as a draft, until verification has given it back.
    """
    declaration = session.scalar(_FIND, {"no": dossier_no})
    if declaration is None or declaration.submitted_at is None:
        restored = restored_at(session)
        # for so long others keep what they told before, and may tell it again
        told_again = timedelta(days=settings_of(session, Settings).facts_keep_days)
        if restored is not None and clock.now() - restored < told_again:
            raise Transient("this declaration is not in the backup: has verification given back what it knows?")
        log.warning("declaration_unknown", dossier_no=dossier_no)
        return None
    return declaration


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.CaseGivenBack: rebuild,
    readers.CaseReceived: case_received,
    readers.PhoneConfirmed: phone_confirmed,
    readers.PicturesRequested: pictures_requested,
    readers.DeclarationCorrected: declaration_corrected,
    readers.DocumentSupplemented: document_supplemented,
    readers.IdentityVerified: identity_verified,
    readers.DeclarationRejected: declaration_rejected,
    readers.CodeNotFound: code_not_found,
    readers.IdentityQuestioned: identity_questioned,
    readers.DeclarationWithoutEffect: declaration_without_effect,
    readers.AccountGivenBack: account_given_back,
    readers.AccountActivated: account_activated,
    readers.AccountAdjusted: account_adjusted,
    readers.AccountStopped: account_stopped,
    readers.SessionRevoked: session_revoked,
    readers.CalendarChanged: calendar_changed,
    Requested: data_subject_requested,
}

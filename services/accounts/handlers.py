"""Handle the facts of other services; the map is at the foot."""

from collections.abc import Callable
from typing import Any

from services.accounts.accounts import provisioning
from services.accounts.passwords.anew import request_another
from services.accounts.readers import (
    FeedbackAnswered,
    IdentityVerified,
    NotificationsAnswered,
    PasswordRequested,
    RegistrationAnswered,
    SubjectAnswer,
    VerificationAnswered,
)
from services.accounts.requests.rules import take_answer
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader


def identity_verified(session: ServiceSession, fact: IdentityVerified) -> None:
    """Open, adjust or stop the account of a person who is who the declaration says (A1, A9, A10)."""
    provisioning.provision(session, fact)


def password_requested(session: ServiceSession, fact: PasswordRequested) -> None:
    """Make another first password for somebody whom the first one did not reach (A2)."""
    request_another(session, fact)


def data_subject_answered(session: ServiceSession, fact: Any) -> None:
    """Keep what a service answered to a data subject's request (P2)."""
    answered: SubjectAnswer = fact
    take_answer(session, fact.service, answered)


HANDLERS: dict[type[Reader], Callable[[ServiceSession, Any], None]] = {
    IdentityVerified: identity_verified,
    PasswordRequested: password_requested,
    RegistrationAnswered: data_subject_answered,
    VerificationAnswered: data_subject_answered,
    FeedbackAnswered: data_subject_answered,
    NotificationsAnswered: data_subject_answered,
}

"""Handle the facts of other services; the map is at the foot."""

from services.chassis.database import ServiceSession
from services.chassis.subjects import Requested, answer
from services.chassis.web import tokens
from services.feedback import readers
from services.feedback.subjects import HOLDINGS


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the tokens of this session from now on (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


def data_subject_requested(session: ServiceSession, fact: Requested) -> None:
    """Answer somebody who asks what is held of them, for a copy, or for its erasure (P2)."""
    answer(session, fact, HOLDINGS)


HANDLERS = {readers.SessionRevoked: session_revoked, Requested: data_subject_requested}

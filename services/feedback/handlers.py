"""Handle the facts of other services; the map is at the foot."""

from services.chassis.database import ServiceSession
from services.chassis.web import tokens
from services.feedback import readers


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the tokens of this session from now on (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


HANDLERS = {readers.SessionRevoked: session_revoked}

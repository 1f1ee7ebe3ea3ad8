"""Handle the facts of other services; the map is at the foot."""

from collections.abc import Callable
from typing import Any

from services.accounts.accounts import provisioning
from services.accounts.passwords.anew import request_another
from services.accounts.readers import IdentityVerified, PasswordRequested
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader


def identity_verified(session: ServiceSession, fact: IdentityVerified) -> None:
    """Open, adjust or stop the account of a person who is who the declaration says (A1, A9, A10)."""
    provisioning.provision(session, fact)


def password_requested(session: ServiceSession, fact: PasswordRequested) -> None:
    """Make another first password for somebody whom the first one did not reach (A2)."""
    request_another(session, fact)


HANDLERS: dict[type[Reader], Callable[[ServiceSession, Any], None]] = {
    IdentityVerified: identity_verified,
    PasswordRequested: password_requested,
}

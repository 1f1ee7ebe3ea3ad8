"""Handle the facts of other services; the map is at the foot."""

from collections.abc import Callable
from typing import Any

from services.accounts.accounts import provisioning
from services.accounts.readers import IdentityVerified
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader


def identity_verified(session: ServiceSession, fact: IdentityVerified) -> None:
    """Open, adjust or stop the account of a person who is who the declaration says (A1, A9, A10)."""
    provisioning.provision(session, fact)


HANDLERS: dict[type[Reader], Callable[[ServiceSession, Any], None]] = {IdentityVerified: identity_verified}

"""Issue and refresh a session's tokens, and find the session of a token."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import lock_active
from services.accounts.accounts.roles import ENROLLING, NEWCOMER
from services.accounts.accounts.rules import Account
from services.accounts.factors.methods import shown_in_tokens
from services.accounts.sessions.refusals import rights_not_in_force, session_over
from services.accounts.sessions.rules import DeviceSession, open_session
from services.accounts.settings import Settings
from services.accounts.signing import tokens
from services.accounts.staff.rights import are_in_force, end_of
from services.chassis.resources import Resources
from services.chassis.web.second_factor import AAL2, is_required


@dataclass(frozen=True)
class SignedToken:
    """A session's newest token, in the shape of `schemas.SignedIn`."""

    token: str = field(repr=False)
    session_id: str
    expires_at: datetime
    must_change_password: bool
    role: str
    #: given after signing in (A13)
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class UnsignedToken:
    """A token to be signed once its transaction has committed."""

    claims: dict[str, Any]
    expires_at: datetime
    must_change_password: bool
    device_token: str | None = field(default=None, repr=False)

    def sign(self, resources: Resources[Settings]) -> SignedToken:
        """Sign the token. Never inside a transaction: the keys may have to be read, or made."""
        token = tokens.sign(resources, self.claims, self.expires_at)
        must_change, role = self.must_change_password, self.claims["role"]
        return SignedToken(token, self.claims["sid"], self.expires_at, must_change, role, self.device_token)


def issue_token(
    account: Account, session: DeviceSession, settings: Settings, *, device_token: str | None = None
) -> UnsignedToken:
    """Issue the session's next token, with its account's current rights (A3, A4); it ends with them (V11).

    Staff without a second factor get one that opens nothing but the way to it (A12).

    :param device_token: handed out with it, after signing in (A13).
    :raises Problem: 403 outside the dates of the rights.
    """
    if not are_in_force(account):
        raise rights_not_in_force()
    expires_at = session.extend(account, settings)
    if (end := end_of(account)) is not None:
        expires_at = min(expires_at, end)
    must_change = account.must_change_password(settings)
    claims: dict[str, Any] = {"sub": str(account.id), "sid": str(session.id), "role": account.role}
    if account.is_staff:
        claims |= shown_in_tokens(session.factor, session.factor_at)
    if must_change:
        claims["role"] = NEWCOMER
    elif account.is_staff and claims["acr"] != AAL2 and (is_required(settings) or session.factor is not None):
        claims["role"] = ENROLLING
    elif account.is_staff:
        # who holds a dossier, or has answered, is told by name and not by a number
        claims |= {"name": account.full_name, "office": account.office, "province": account.province, "board": account.board}
    return UnsignedToken(claims, expires_at, must_change, device_token)


def find_session(session: Session, claims: Mapping[str, Any], settings: Settings) -> tuple[Account, DeviceSession] | None:
    """Return the account, locked, and the session of a token; None if either has ended since it was signed."""
    account = lock_active(session, uuid.UUID(claims["sub"]))
    current = open_session(account, settings) if account else None
    if account and current and account.is_staff and current.factor is None and is_required(settings):
        return None  # begun before staff needed a second factor (A12)
    return (account, current) if account and current and str(current.id) == claims.get("sid") else None


def require_session(session: Session, claims: Mapping[str, Any], settings: Settings) -> tuple[Account, DeviceSession]:
    """Return the account, locked, and the session of a token (`find_session`).

    :raises Problem: 401 if the session is over.
    """
    if (current := find_session(session, claims, settings)) is None:
        raise session_over()
    return current


def refresh(resources: Resources[Settings], claims: Mapping[str, Any]) -> SignedToken:
    """Return another token of the same session, with the holder's current role.

    :raises Problem: 401 if the session is over.
    """
    with resources.db.write() as session:
        account, device_session = require_session(session, claims, resources.settings)
        token = issue_token(account, device_session, resources.settings)
    return token.sign(resources)

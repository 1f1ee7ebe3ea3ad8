"""Signing in, on one device at a time (A1, A3, A7).

Each step is a short transaction; hashing happens between them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.accounts import device, limits, otp, passwords, problems, signing, throttle
from services.accounts.model import ACTIVE, NEWCOMER, Account, find, lock
from services.accounts.settings import Settings, settings_of
from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources

log = get_logger(__name__)


@dataclass(frozen=True)
class SignedIn:
    """A session with its newest token: what `signed` makes of `Taken`."""

    token: str = field(repr=False)
    session_id: str
    expires_at: datetime
    must_change_password: bool
    role: str


@dataclass(frozen=True)
class Taken:
    """A token that may be signed once its transaction has committed."""

    claims: dict[str, Any]
    until: datetime
    must_change_password: bool


@dataclass(frozen=True)
class _Seen:
    """What the first look finds: enough to check the password without the database."""

    who: str
    account_id: uuid.UUID | None
    password_hash: str | None = field(repr=False)


def sign_in(resources: Resources[Settings], name: str, password: str, device_id: str, address: str) -> SignedIn:
    """Sign in with a user name (A1).

    :raises Problem: 401, the same whatever was wrong; 409 with a challenge on a second device; 429 after too many tries.
    """
    settings, hashed_device = settings_of(resources), device.hashed_device(device_id)
    seen = _look(resources, name, address)
    if not passwords.matches(password, seen.password_hash) or seen.account_id is None:
        log.info("sign_in_refused")
        raise problems.sign_in_refused()
    entered = _enter(resources, seen, hashed_device, address, None)
    if entered is None:
        # a second device: its code costs a hash, so it is made between two transactions
        entered = _enter(resources, seen, hashed_device, address, otp.prepare(settings))
    if isinstance(entered, Taken):
        return signed(resources, entered)
    if entered is None:
        raise problems.sign_in_refused()
    log.info("another_device", account_id=str(seen.account_id))
    raise problems.another_device(challenge=str(entered.id), expires_at=_shown(entered.expires_at))


def _enter(
    resources: Resources[Settings], seen: _Seen, hashed_device: str, address: str, prepared: otp.Prepared | None
) -> Taken | otp.Otp | None:
    """The password was right: begin a session, or ask for a code if another device is signed in (A7).

    None when a code is needed and none is prepared; nothing has changed then.
    """
    settings = settings_of(resources)
    with limits.refusing(), resources.db.write() as session:
        account = lock(session, seen.account_id) if seen.account_id else None
        if account is None or account.status != ACTIVE or account.password_hash != seen.password_hash:
            raise problems.sign_in_refused()
        now = clock.now()
        going_on = device.open_session(session, account, settings, now)
        elsewhere = going_on is not None and going_on.device != hashed_device
        if elsewhere and prepared is None:
            return None
        throttle.forget(session, limits.name_rule(settings), seen.who)
        throttle.give_back(session, limits.address_rule(settings), address)
        if elsewhere and prepared is not None:
            limits.take_code(session, account, settings, now)
            return otp.issue(session, prepared, otp.TAKEOVER, account, settings, now=now, device=hashed_device)
        begun = device.begin(session, account, hashed_device, reason="signed_out", now=now)
        return take(settings, account, begun, now)


def _look(resources: Resources[Settings], name: str, address: str) -> _Seen:
    """Count the try, and see whose password it is to be."""
    settings, now = settings_of(resources), clock.now()
    with limits.refusing(), resources.db.write() as session:
        account = find(session, name)
        who = limits.person(account, name)
        throttle.take(session, limits.name_rule(settings), who, now)
        throttle.take(session, limits.address_rule(settings), address, now)
        if account is None or account.status != ACTIVE:
            return _Seen(who, None, None)
        return _Seen(who, account.id, account.password_hash)


def take_over(resources: Resources[Settings], challenge: uuid.UUID, code: str) -> SignedIn:
    """Go on with the second device; the first is signed out and told (A7).

    :raises Problem: 422 for a code that does not work.
    """
    confirmed = otp.confirm(resources, challenge, otp.TAKEOVER, code)
    with resources.db.write() as session:
        now = clock.now()
        account = _active(session, confirmed.account_id)
        otp.use(session, confirmed, now)
        begun = device.begin(session, account, confirmed.device or "", reason="takeover", now=now)
        taken = take(settings_of(resources), account, begun, now)
    return signed(resources, taken)


def refresh(resources: Resources[Settings], claims: Any) -> SignedIn:
    """Another token of the same session, with the role that the person has by now.

    :raises Problem: 401 when the session is over.
    """
    with resources.db.write() as session:
        now = clock.now()
        account, going_on = mine(resources, session, claims, now)
        taken = take(settings_of(resources), account, going_on, now)
    return signed(resources, taken)


def sign_out(resources: Resources[Settings], claims: Any) -> None:
    """End the session; nothing happens if it is over already."""
    with resources.db.write() as session:
        now = clock.now()
        account = lock(session, uuid.UUID(claims["sub"]))
        going_on = device.open_session(session, account, settings_of(resources), now) if account else None
        if account is not None and going_on is not None and str(going_on.id) == claims.get("sid"):
            device.end(session, account, reason="signed_out", now=now)


def mine(
    resources: Resources[Settings], session: Session, claims: Any, now: datetime
) -> tuple[Account, device.DeviceSession]:
    """The account, locked, and session that a token speaks of.

    :raises Problem: 401 when either has ended since the token was signed.
    """
    account = lock(session, uuid.UUID(claims["sub"]))
    if account is None or account.status != ACTIVE:
        raise problems.session_over()
    going_on = device.open_session(session, account, settings_of(resources), now)
    if going_on is None or str(going_on.id) != claims.get("sid"):
        raise problems.session_over()
    return account, going_on


def _active(session: Session, account_id: uuid.UUID | None) -> Account:
    account = lock(session, account_id) if account_id else None
    if account is None or account.status != ACTIVE:
        raise problems.otp_refused()
    return account


def take(settings: Settings, account: Account, going_on: device.DeviceSession, now: datetime) -> Taken:
    """Another token of a session, with the rights that its account has now (A3, A4)."""
    until = going_on.use(settings, now)
    must_change = account.must_change_password(settings, now)
    claims: dict[str, Any] = {
        "sub": str(account.id),
        "sid": str(going_on.id),
        "role": NEWCOMER if must_change else account.role,
    }
    if account.is_staff and not must_change:
        claims |= {"office": account.office, "province": account.province, "board": account.board}
    return Taken(claims, until, must_change)


def signed(resources: Resources[Settings], taken: Taken) -> SignedIn:
    """The token itself. Not inside a transaction: the keys may have to be read, or made."""
    token = signing.sign(resources, taken.claims, taken.until)
    return SignedIn(token, taken.claims["sid"], taken.until, taken.must_change_password, taken.claims["role"])


def _shown(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")

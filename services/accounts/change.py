"""Passwords chosen by people: changed with an OTP (A3, A5), or reset when forgotten (A8)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.accounts import device, limits, otp, passwords, problems, throttle
from services.accounts.model import ACTIVE, find, lock
from services.accounts.settings import Settings, settings_of
from services.accounts.sign_in import SignedIn, mine, signed, take
from services.chassis import clock
from services.chassis.resources import Resources


@dataclass(frozen=True)
class Challenge:
    """What the code that was sent has to be given back with."""

    challenge: uuid.UUID
    expires_at: datetime


def ask_change(resources: Resources[Settings], claims: Any, current: str, new: str) -> Challenge:
    """Check both passwords and send a code; nothing is changed yet (A5).

    :raises Problem: 401 session over, 422 wrong or bad password, 429.
    """
    settings = settings_of(resources)
    with limits.refusing(), resources.db.write() as session:
        now = clock.now()
        account, _going_on = mine(resources, session, claims, now)
        who = limits.person(account, "")
        throttle.take(session, limits.name_rule(settings), who, now)
        present, names = account.password_hash, account.names
    if not passwords.matches(current, present):
        raise problems.wrong_password()
    said = passwords.fault(new, names) or (passwords.SAME if passwords.matches(new, present) else None)
    if said is not None:
        with resources.db.write() as session:
            throttle.give_back(session, limits.name_rule(settings), who)
        raise problems.bad_password(said)
    prepared, new_hash = otp.prepare(settings), passwords.hashed(new)
    with limits.refusing(), resources.db.write() as session:
        now = clock.now()
        account, going_on = mine(resources, session, claims, now)
        throttle.give_back(session, limits.name_rule(settings), who)
        limits.take_code(session, account, settings, now)
        asked = otp.issue(
            session, prepared, otp.CHANGE, account, settings, now=now, session_id=going_on.id, new_password_hash=new_hash
        )
    return Challenge(asked.id, asked.expires_at)


def confirm_change(resources: Resources[Settings], claims: Any, challenge: uuid.UUID, code: str) -> SignedIn:
    """The code is right: the new password counts, and the session begins anew with all rights.

    :raises Problem: 401 session over, 422 for a code that does not work.
    """
    with resources.db.write() as session:
        _account, going_on = mine(resources, session, claims, clock.now())
    confirmed = otp.confirm(resources, challenge, otp.CHANGE, code, session_id=going_on.id)
    with resources.db.write() as session:
        now = clock.now()
        account, going_on = mine(resources, session, claims, now)
        otp.use(session, confirmed, now)
        if confirmed.new_password_hash is None:
            raise problems.otp_refused()
        account.change_password(session, confirmed.new_password_hash, now=now)
        otp.close_open(session, account, now)
        # another session on the same device: tokens from before end
        begun = device.begin(session, account, going_on.device, reason="password_changed", now=now)
        taken = take(settings_of(resources), account, begun, now)
    return signed(resources, taken)


def ask_reset(resources: Resources[Settings], name: str, address: str) -> Challenge:
    """Send a code to the registered phone. Answered in the same way, with the same work, for a name that nobody has (A8).

    :raises Problem: 429 after too many resets, for a name that nobody has too.
    """
    settings = settings_of(resources)
    prepared = otp.prepare(settings)
    with limits.refusing(), resources.db.write() as session:
        now = clock.now()
        account = find(session, name)
        if account is not None:
            account = lock(session, account.id)
        limits.take_reset(session, limits.person(account, name), settings, now)
        throttle.take(session, limits.address_rule(settings), address, now)
        if account is not None and account.status != ACTIVE:
            account = None
        asked = otp.issue(session, prepared, otp.RESET, account, settings, now=now)
    return Challenge(asked.id, asked.expires_at)


def confirm_reset(resources: Resources[Settings], challenge: uuid.UUID, code: str, new: str) -> None:
    """The code is right: the new password counts, and whoever was signed in is not any more.

    :raises Problem: 422 for a bad password or a code that does not work.
    """
    if (said := passwords.fault(new, ())) is not None:
        raise problems.bad_password(said)
    confirmed, new_hash = otp.confirm(resources, challenge, otp.RESET, code), passwords.hashed(new)
    with resources.db.write() as session:
        now = clock.now()
        account = lock(session, confirmed.account_id) if confirmed.account_id else None
        if account is None or account.status != ACTIVE:
            raise problems.otp_refused()
        if (said := passwords.fault(new, account.names)) is not None:
            raise problems.bad_password(said)  # the code still counts
        otp.use(session, confirmed, now)
        otp.close_open(session, account, now)
        device.end(session, account, reason="password_reset", now=now)
        account.reset_password(session, new_hash, now=now)
        throttle.forget(session, limits.name_rule(settings_of(resources)), limits.person(account, ""))

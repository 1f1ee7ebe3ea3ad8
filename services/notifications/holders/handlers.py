"""Tell the holder of an account what happens to it, and send one-time codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.web import tokens
from services.notifications.budgets.ranks import Origin
from services.notifications.holders import readers
from services.notifications.messages.compose import Sealed
from services.notifications.messages.recipients import tell_holder


def otp_issued(session: ServiceSession, fact: readers.OtpIssued) -> None:
    """Send a one-time code, by SMS only (A5, A7, A8)."""
    values = {"purpose": fact.purpose, "expires_at": fact.expires_at}
    sealed = Sealed(fact.sealed_code, f"otp:{fact.otp_id}")
    # anybody may ask for a reset who knows a name; the others are asked for by whoever is signed in, or knows the password
    origin = Origin.STRANGER if fact.purpose == "password_reset" else None
    tell_holder(session, fact, "otp", values, sealed=sealed, useless_after=fact.expires_at, origin=origin)


def password_changed(session: ServiceSession, fact: readers.PasswordChanged) -> None:
    """Notify the holder that the password was changed, in case it was somebody else (A5)."""
    tell_holder(session, fact, "password_changed", {"at": fact.changed_at})


def password_reset(session: ServiceSession, fact: readers.PasswordReset) -> None:
    """Tell the holder that a forgotten password was replaced (A8)."""
    tell_holder(session, fact, "password_reset", {"at": fact.reset_at})


def password_expiring(session: ServiceSession, fact: readers.PasswordExpiring) -> None:
    """Remind the holder that the password is nearly six months old (A4)."""
    tell_holder(session, fact, "password_expiring", {"expires_at": fact.expires_at})


def second_factor_changed(session: ServiceSession, fact: readers.SecondFactorChanged) -> None:
    """Notify a member of staff of a change to their second factors, in case it was somebody else (A12)."""
    tell_holder(session, fact, "second_factor", {"change": fact.change, "at": fact.changed_at})


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the session's tokens from now on; after a takeover notify the holder of the new device (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)
    if fact.reason == "takeover":
        tell_holder(session, fact, "new_device", {"at": fact.revoked_at})


def device_added(session: ServiceSession, fact: readers.DeviceAdded) -> None:
    """Tell the holder that somebody signed in on a device that was not known, in case it was somebody else (A15)."""
    tell_holder(session, fact, "device_added", {"at": fact.added_at})


def staff_contact_changed(session: ServiceSession, fact: readers.StaffContactChanged) -> None:
    """Tell the phone and the e-mail address of before that staff are reached elsewhere from now on (A15)."""
    tell_holder(session, fact, "contact_changed", {"at": fact.changed_at, "changed": fact.changed})


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.OtpIssued: otp_issued,
    readers.PasswordChanged: password_changed,
    readers.PasswordReset: password_reset,
    readers.PasswordExpiring: password_expiring,
    readers.SecondFactorChanged: second_factor_changed,
    readers.SessionRevoked: session_revoked,
    readers.DeviceAdded: device_added,
    readers.StaffContactChanged: staff_contact_changed,
}

"""What a restored backup must not bring back: sessions, codes, known devices, replaced passwords, rights that were taken away."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa

from services.accounts.accounts.lookup import IS_STAFF
from services.accounts.accounts.rules import ACTIVE, DISABLED, PASSWORD_SET, RIGHTS_CHANGED, Account
from services.accounts.factors.rules import FACTORS_CHANGED, changed_at, forget_all
from services.accounts.factors.steps import PendingStep
from services.accounts.known.recognition import KnownAddress, KnownDevice
from services.accounts.otp.rules import Otp
from services.accounts.sessions.rules import DeviceSession
from services.accounts.sheets.rules import Sheet
from services.accounts.signing.rules import delete_all
from services.accounts.staff.rights import Grant, record_rights
from services.chassis.database import ServiceSession
from services.chassis.recovery import Recovery, Step

#: a change is written and noted in one transaction, not at one instant
_SAME_CHANGE = timedelta(seconds=5)


def end_sessions(session: ServiceSession, recovery: Recovery) -> int:
    """End every session. Not told: with the keys replaced, no service takes their tokens."""
    values = {"ended_at": recovery.now, "end_reason": "restored"}
    return (
        session.connection()
        .execute(sa.update(DeviceSession).where(DeviceSession.ended_at.is_(None)).values(values))
        .rowcount
    )


def void_codes(session: ServiceSession, recovery: Recovery) -> int:
    """Void every open code and challenge."""
    voided = sa.update(Otp).where(Otp.closed_at.is_(None)).values(closed_at=recovery.now, new_password_hash=None)
    return session.connection().execute(voided).rowcount


def forget_devices(session: ServiceSession, _recovery: Recovery) -> int:
    """Forget the devices and addresses that accounts knew: some were forgotten after the backup."""
    session.connection().execute(sa.delete(KnownAddress))
    return session.connection().execute(sa.delete(KnownDevice)).rowcount


def void_second_factors(session: ServiceSession, recovery: Recovery) -> int:
    """Take the second factors from staff who changed them after the backup, and void steps and sheets: a lost phone must not come back."""
    for table in (PendingStep, Sheet):
        session.connection().execute(sa.delete(table))
    newest = {uuid.UUID(entry.number): entry.at for entry in recovery.noted((FACTORS_CHANGED,))}
    # those whose newest change is in the backup keep them: the ledger's margin reaches back a little
    lost = [account_id for account_id, at in newest.items() if at - changed_at(session, account_id) > _SAME_CHANGE]
    for account_id in lost:
        forget_all(session, account_id)
    return len(lost)


def replace_keys(session: ServiceSession, _recovery: Recovery) -> int:
    """Replace the signing keys kept in the database. With SIGNING_KEY set there are none: the operator replaces that."""
    return delete_all(session)


def void_passwords(session: ServiceSession, recovery: Recovery) -> int:
    """Take the password from accounts that chose another after the backup: the old one may be why. Its holder resets it (A8)."""
    ids = [uuid.UUID(entry.number) for entry in recovery.noted((PASSWORD_SET,))]
    # those whose newest password is in the backup keep it: the ledger's margin reaches back a little
    newer = {uuid.UUID(entry.number): entry.at for entry in recovery.noted((PASSWORD_SET,))}
    voided = 0
    for account in session.scalars(sa.select(Account).where(Account.id.in_(ids)).with_for_update()):
        if account.password_set_at is None or account.password_set_at < newer[account.id]:
            account.password_hash = None
            voided += 1
    return voided


def disable_staff(session: ServiceSession, recovery: Recovery) -> int:
    """Disable staff whose rights were changed after the backup: an administrator looks at each and enables it again."""
    ids = [uuid.UUID(entry.number) for entry in recovery.noted((RIGHTS_CHANGED,))]
    doubtful = sa.select(Account).where(Account.id.in_(ids), IS_STAFF, Account.status == ACTIVE).with_for_update()
    disabled = session.scalars(doubtful).all()
    for account in disabled:
        # not told yet: verification stops writing to them
        account.status, account.assignment_told_at = DISABLED, None
        record_rights(account, Grant("vss after-restore", "Rights were changed after the backup that was restored"))
    session.flush()
    return len(disabled)


steps = (
    Step("sessions ended", end_sessions),
    Step("codes void", void_codes),
    Step("devices forgotten", forget_devices),
    Step("second factors to be enrolled again", void_second_factors),
    Step("signing keys replaced", replace_keys),
    Step("passwords to be reset", void_passwords),
    Step("staff disabled", disable_staff),
)

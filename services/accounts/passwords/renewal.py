"""Make a new first password for somebody who was never sent the first one (`vss facts resend --new-secrets`)."""

import uuid
from typing import Any

import sqlalchemy as sa

from services.accounts.accounts.lookup import IS_ACTIVE
from services.accounts.accounts.rules import Account
from services.accounts.passwords import hashing
from services.accounts.passwords.expiry import first_password_until
from services.accounts.passwords.generated import generate_password
from services.accounts.settings import CommandSettings
from services.chassis import clock
from services.chassis.database import Database
from services.chassis.seal import Sealer


def renew_first_password(database: Database, activated: dict[str, Any]) -> dict[str, Any] | None:
    """Return `account_activated` or `first_password_renewed` with a new password in its box; None once the holder has chosen one, or the account is closed.

    :raises SettingsError: without SEAL_PUBLIC_KEY.
    """
    sealer, now = Sealer(CommandSettings.read_one("seal_public_key") or ""), clock.now()
    until = first_password_until(now, CommandSettings.read_one("first_password_days"))
    account_id, password = activated["account_id"], generate_password()
    replaced = (
        sa.update(Account)
        .where(Account.id == uuid.UUID(account_id), IS_ACTIVE, Account.must_change)
        .values(password_hash=hashing.hash_password(password), password_set_at=now)
        .returning(Account.id)
    )
    with database.write() as session:
        if session.scalar(replaced) is None:
            return None
    box = sealer.seal({"password": password}, context=f"first-password:{account_id}")
    return activated | {"sealed_credential": box, "password_until": until.isoformat()}


renewals = {"account_activated": renew_first_password, "first_password_renewed": renew_first_password}

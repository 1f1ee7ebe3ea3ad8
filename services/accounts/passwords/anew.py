"""Make another first password for somebody whose first one did not arrive, on an officer's word (A2)."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.guardianship import Guardianship
from services.accounts.accounts.lookup import IS_ACTIVE
from services.accounts.accounts.rules import Account
from services.accounts.passwords.facts import FirstPasswordRenewed
from services.accounts.passwords.generated import SealedPassword
from services.accounts.readers import PasswordRequested
from services.chassis import jobs
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.jobs import Job, Reason
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

ANOTHER_PASSWORD = "another_first_password"  # noqa: S105  # the name of a kind of job


def request_another(session: ServiceSession, fact: PasswordRequested) -> None:
    """Correct the phone, if a right one came, and have another first password made; nothing once the holder has chosen one."""
    opened = sa.select(Account).where(Account.dossier_no == fact.dossier_no, IS_ACTIVE, Account.must_change)
    account = session.scalar(opened.with_for_update())
    if account is None:
        log.info("password_not_renewed", dossier_no=fact.dossier_no)
        return
    if fact.phone is not None:
        account.correct_phone(fact.dossier_no, fact.phone, at=fact.requested_at)
    payload = {"account_id": str(account.id), "dossier_no": fact.dossier_no}
    jobs.add(session, ANOTHER_PASSWORD, payload, key=fact.request_id, correlation_id=fact.dossier_no)


def renew(session: Session, job: Job, made: SealedPassword) -> None:
    """Replace the first password and tell the new one, sealed, unless its holder has chosen one meanwhile."""
    account_id, now = uuid.UUID(job.payload["account_id"]), made.made_at
    account = session.scalar(
        sa.select(Account).where(Account.id == account_id, IS_ACTIVE, Account.must_change).with_for_update()
    )
    if account is None:
        return
    account.password_hash, account.password_set_at = made.password_hash, now
    account.revision += 1
    guardians: Any = sa.select(Guardianship.guardian_id).where(Guardianship.child_id == account_id)
    guardian = session.scalar(guardians.order_by(Guardianship.linked_at).limit(1))
    fact = FirstPasswordRenewed(
        account_id=str(account.id),
        dossier_no=job.payload["dossier_no"],
        bhxh_code=account.bhxh_code or "",
        full_name=account.full_name,
        contact=account.contact,
        sealed_credential=made.box,
        guardian_account_id=str(guardian) if guardian else None,
        renewed_at=now,
        password_until=made.until,
    )
    record(session, fact, revision=account.revision)


def given_up(_session: Session, job: Job, reason: Reason) -> None:
    """Log it: the old password stays, and the job with its reason where operators look."""
    log.error("another_password_given_up", account_id=job.payload["account_id"], reason=reason.code)

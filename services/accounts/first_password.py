"""The job that makes a first password (A2): made, hashed and sealed outside any transaction, kept and told in one.

The password exists in clear only inside `_make`. A crash before the commit leaves nothing; the next attempt makes another.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts import passwords
from services.accounts.model import Guardianship, lock
from services.accounts.settings import settings_of
from services.chassis import clock
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.seal import Sealer
from services.chassis.settings import Secret

FIRST_PASSWORD = "first_password"  # noqa: S105  # the name of a kind of job

log = get_logger(__name__)


@dataclass(frozen=True)
class Made:
    """A first password as it may be kept and sent."""

    password_hash: str = field(repr=False)
    box: str = field(repr=False)


def kinds(resources: Resources) -> list[JobKind]:
    """The kind of job, with the key that its boxes are sealed with."""
    key = settings_of(resources).seal_public_key
    if key is None:
        raise ValueError("SEAL_PUBLIC_KEY is not set")

    def make(job: Job) -> Made:
        return _make(job.payload["account_id"], key)

    # pure work of some milliseconds: whoever takes over from a dead worker need not wait long, for a clock of 15 minutes runs
    kind = JobKind(
        FIRST_PASSWORD, make, _made, _given_up,
        max_attempts=20, concurrency=4, lease_seconds=10, timeout_seconds=60, longest_delay_seconds=60,
    )  # fmt: skip
    return [kind]


def _make(account_id: str, key: Secret) -> Made:
    password = passwords.first_password()
    box = Sealer(key).seal({"password": password}, context=f"first-password:{account_id}")
    return Made(passwords.hashed(password), box)


def _made(session: Session, job: Job, made: Any) -> None:
    account = lock(session, uuid.UUID(job.payload["account_id"]))
    if account is None:
        return
    first = sa.select(Guardianship.guardian_id).where(Guardianship.child_id == account.id).order_by(Guardianship.linked_at)
    guardian_id = session.scalar(first.limit(1))
    account.activate(session, password_hash=made.password_hash, box=made.box, guardian_id=guardian_id, now=clock.now())


def _given_up(session: Session, job: Job, reason: Reason) -> None:
    # the account stays pending, and the job with its reason where operators look
    log.error("first_password_given_up", account_id=job.payload["account_id"], reason=reason.code)

"""Make the first password (A2) as a job: hash and seal it outside any transaction, then activate the account in one.

The password exists in clear only inside `call`. A crash before the commit leaves nothing behind; the next attempt makes another.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.facts import AccountActivated
from services.accounts.accounts.guardianship import Guardianship
from services.accounts.accounts.rules import ACTIVE, PENDING, PERSON, Account, person_of
from services.accounts.passwords import anew, hashing
from services.accounts.passwords.expiry import first_password_until
from services.accounts.passwords.generated import SealedPassword, generate_password
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.bus.outbox import record
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.seal import Sealer

FIRST_PASSWORD = "first_password"  # noqa: S105  # the name of a kind of job

log = get_logger(__name__)


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kinds: the first password, and another one for whom it did not reach. SEAL_PUBLIC_KEY seals their boxes."""
    if resources.settings.seal_public_key is None:
        raise ValueError("SEAL_PUBLIC_KEY is not set")
    sealer = Sealer(resources.settings.seal_public_key)

    def call(job: Job) -> SealedPassword:
        password = generate_password()
        box = sealer.seal({"password": password}, context=f"first-password:{job.payload['account_id']}")
        now = clock.now()
        until = first_password_until(now, resources.settings.first_password_days)
        return SealedPassword(hashing.hash_password(password), box, now, until)

    # only milliseconds of work and a legal deadline of 15 minutes: take over from a dead worker soon
    patience: dict[str, Any] = {
        "max_attempts": 20,
        "concurrency": 4,
        "lease_seconds": 10,
        "timeout_seconds": 60,
        "longest_delay_seconds": 60,
    }
    return [
        JobKind(FIRST_PASSWORD, call, _activate, _given_up, **patience),
        JobKind(anew.ANOTHER_PASSWORD, call, anew.renew, anew.given_up, **patience),
    ]


def _activate(session: Session, job: Job, made: SealedPassword) -> None:
    """Activate the account and tell its sealed password (A2), which must be changed (A3). Do nothing for a stopped account."""
    now = made.made_at
    values = {"of": uuid.UUID(job.payload["account_id"]), "new_hash": made.password_hash, "new_at": now}
    account = session.execute(_ACTIVATE, values).one_or_none()
    if account is None:
        return
    fact = AccountActivated(
        account_id=str(account.id),
        dossier_no=account.dossier_no or "",
        route=account.route or "",
        filing=account.filing,
        bhxh_code=account.bhxh_code or "",
        full_name=account.full_name,
        contact={"phone": account.phone, "email": account.email},
        sealed_credential=made.box,
        guardian_account_id=str(account.guardian_id) if account.guardian_id else None,
        complete_at=account.complete_at or now,
        activated_at=now,
        person=person_of(account),
        password_until=made.until,
    )
    record(session, fact, revision=account.revision)


def _activating() -> Any:
    """Build, once, the statement for pending → active that returns the fact's fields; building costs more than running."""
    accounts: Any = Account.__table__
    guardians: Any = Guardianship.__table__
    of = sa.bindparam("of", type_=accounts.c.id.type)
    at = sa.bindparam("new_at", type_=accounts.c.activated_at.type)
    guardian = sa.select(guardians.c.guardian_id).where(guardians.c.child_id == of).order_by(guardians.c.linked_at).limit(1)
    columns = (
        *("id", "revision", "dossier_no", "route", "filing", "bhxh_code", "full_name", "phone", "email", "complete_at"),
        *(*PERSON, "unique_id"),
    )
    return (
        sa.update(accounts)
        .where(accounts.c.id == of, accounts.c.status == PENDING)
        .values(
            status=ACTIVE,
            activated_at=at,
            password_hash=sa.bindparam("new_hash", type_=accounts.c.password_hash.type),
            password_set_at=at,
            must_change=True,
            revision=accounts.c.revision + 1,
        )
        .returning(*(accounts.c[name] for name in columns), guardian.scalar_subquery().label("guardian_id"))
    )


_ACTIVATE = _activating()


def _given_up(session: Session, job: Job, reason: Reason) -> None:
    # the account stays pending, and the job with its reason where operators look
    log.error("first_password_given_up", account_id=job.payload["account_id"], reason=reason.code)

"""Codes that prove the phone of a draft (I11): sent by SMS, hashed here, good for one draft, five minutes and five attempts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.green.threads import run_in_thread
from services.chassis.ids import uuid7
from services.chassis.seal import Sealer
from services.chassis.settings import Secret
from services.registration.declarations.rules import Declaration
from services.registration.phones.facts import PhoneCodeIssued
from services.registration.phones.refusals import CodeRefused, NoCodeNeeded
from services.registration.schema import Base
from services.registration.settings import Settings


class PhoneCode(Base):
    """The one open code of a draft; a new one takes its place, and a used one is deleted."""

    __tablename__ = "phone_codes"

    declaration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_id: Mapped[uuid.UUID]
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class SealedCode:
    """A code ready to be issued, no longer anywhere in clear."""

    id: uuid.UUID
    code_hash: bytes = field(repr=False)
    box: str = field(repr=False)


def prepare_code(public_key: Secret) -> SealedCode:
    """Generate a code, seal it and hash it, which takes milliseconds: never call this inside a transaction."""
    id_, code = uuid7(), f"{secrets.randbelow(10**6):06d}"
    box = Sealer(public_key).seal({"code": code}, context=f"phone-code:{id_}")
    return SealedCode(id_, _hash(id_, code), box)


def must_need_code(declaration: Declaration) -> None:
    """Check that this is a portal draft whose phone is not proved.

    :raises NoCodeNeeded: otherwise.
    """
    if declaration.status != "draft" or declaration.route != "portal" or declaration.phone_proved:
        raise NoCodeNeeded


def issue_code(session: Session, declaration: Declaration, code: SealedCode, settings: Settings) -> datetime:
    """Make this the draft's only code and tell `PhoneCodeIssued`, which sends it. Return until when it is good.

    :raises NoCodeNeeded: as `must_need_code` does.
    """
    must_need_code(declaration)
    now = clock.now()
    expires_at = now + timedelta(seconds=settings.phone_code_ttl_seconds)
    row = PhoneCode(declaration_id=declaration.id, code_id=code.id, code_hash=code.code_hash, expires_at=expires_at, tries=0)
    session.merge(row)
    declaration.tell(
        PhoneCodeIssued(
            draft_id=declaration.draft_id,
            code_id=str(code.id),
            contact={"phone": (declaration.contact or {})["phone"], "email": None},
            sealed_code=code.box,
            issued_at=now,
            expires_at=expires_at,
        )
    )
    return expires_at


def count_try(session: Session, declaration: Declaration, settings: Settings) -> PhoneCode | None:
    """Count one attempt at the draft's code, before it is compared: parallel guesses gain nothing. None if there is none to try."""
    count = (
        sa.update(PhoneCode)
        .where(PhoneCode.declaration_id == declaration.id, PhoneCode.expires_at > clock.now())
        .where(PhoneCode.tries < settings.phone_code_tries)
        .values(tries=PhoneCode.tries + 1)
    )
    return session.scalar(count.returning(PhoneCode))


def matches(tried: PhoneCode | None, otp: str) -> bool:
    """Tell whether this is the code; without one nothing is hashed, as that would be work without end. Never call this inside a transaction."""
    return tried is not None and hmac.compare_digest(_hash(tried.code_id, otp), tried.code_hash)


def use_code(session: Session, declaration: Declaration, tried: PhoneCode) -> None:
    """Prove the draft's phone with a matching code, which is then void.

    :raises CodeRefused: if another has taken its place, or it has just been used.
    """
    used = sa.delete(PhoneCode).where(PhoneCode.declaration_id == declaration.id, PhoneCode.code_id == tried.code_id)
    if session.scalar(used.returning(PhoneCode.code_id)) is None:
        raise CodeRefused
    must_need_code(declaration)
    declaration.phone_proved = True


def _hash(id_: uuid.UUID, code: str) -> bytes:
    """Hash a code slowly: a million of them must not be tried within its five minutes."""
    return run_in_thread(hashlib.scrypt, code.encode(), salt=id_.bytes, n=2**13, r=8, p=1, dklen=32)

"""One-time codes: sent by SMS, hashed here, good for one purpose, five minutes and five attempts (A5, A7, A8)."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.known.recognition import find_device, recognise
from services.accounts.otp.facts import OtpIssued
from services.accounts.otp.refusals import OtpRefused, OtpReplaced
from services.accounts.passwords import hashing
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.sign_ins.rules import CODE_REFUSED, record_sign_in
from services.accounts.throttles import limits
from services.accounts.throttles.sources import Asker
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.resources import Resources
from services.chassis.seal import Sealer


class Otp(Base):
    """One code and its purpose; a unique index allows one open code per account, purpose and asker.

    A row without an account belongs to an unknown user name (A8).
    """

    __tablename__ = "otps"

    #: also the challenge that the caller receives
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("accounts.id"))
    purpose: Mapped[str]
    code_hash: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    #: who asked for it (`throttles.sources`): a code that somebody else asks for leaves this one open
    asker: Mapped[str | None]
    #: the session that requested a change of password
    session_id: Mapped[uuid.UUID | None]
    #: the device that wants to take over
    device: Mapped[str | None]
    new_password_hash: Mapped[str | None]


@dataclass(frozen=True)
class SealedCode:
    """A code ready to be issued, no longer anywhere in clear."""

    id: uuid.UUID
    code_hash: str = field(repr=False)
    box: str = field(repr=False)


def prepare_code(settings: Settings) -> SealedCode:
    """Generate a code and hash it, which takes tens of milliseconds: never call this inside a transaction."""
    if settings.seal_public_key is None:
        raise ValueError("SEAL_PUBLIC_KEY is not set")
    id_, code = uuid7(), f"{secrets.randbelow(10**6):06d}"
    box = Sealer(settings.seal_public_key).seal({"code": code}, context=f"otp:{id_}")
    return SealedCode(id_, hashing.hash_password(code), box)


def issue_code(
    session: Session,
    code: SealedCode,
    purpose: str,
    account: Account | None,
    settings: Settings,
    *,
    asker: str,
    **bound: Any,
) -> Otp:
    """Store a code as valid and tell `OtpIssued`, which sends it; an earlier one for the same purpose and asker becomes void.

    Without an account the row is stored all the same, so that the caller sees no difference.

    :param bound: further columns: what the code is bound to (``session_id``, ``device``), and the ``new_password_hash``.
    """
    now = clock.now()
    _close_earlier(session, account, purpose, asker)
    otp = Otp(
        id=code.id,
        account_id=account.id if account else None,
        purpose=purpose,
        code_hash=code.code_hash,
        issued_at=now,
        expires_at=now + timedelta(seconds=settings.otp_ttl_seconds),
        asker=asker,
        **bound,
    )
    session.add(otp)
    session.flush()
    if account is not None:
        fact = OtpIssued(
            account_id=str(account.id),
            otp_id=str(otp.id),
            purpose=purpose,
            contact=account.contact,
            account_hint=account.hint,
            sealed_code=code.box,
            issued_at=now,
            expires_at=otp.expires_at,
        )
        account.tell(fact)
    return otp


def close_codes(account: Account) -> None:
    """Void the account's open codes."""
    open_ones = sa.update(Otp).where(Otp.account_id == account.id, Otp.closed_at.is_(None))
    account.session.execute(open_ones.values(closed_at=clock.now(), new_password_hash=None))


def _close_earlier(session: Session, account: Account | None, purpose: str, asker: str) -> None:
    """Void the open codes of one purpose that this asker has, and those from before askers were kept; of an unknown name, too."""
    whose = Otp.account_id == account.id if account else Otp.account_id.is_(None)
    earlier = sa.update(Otp).where(whose, Otp.closed_at.is_(None), Otp.purpose == purpose)
    earlier = earlier.where(Otp.asker == asker if account is None else sa.or_(Otp.asker == asker, Otp.asker.is_(None)))
    session.execute(earlier.values(closed_at=clock.now(), new_password_hash=None))


def confirm_code(
    resources: Resources[Settings], challenge: uuid.UUID, purpose: str, code: str, asker: Asker, **bound: Any
) -> Otp:
    """Return the row of a correct code; pass it to ``use_code`` in the transaction of what it confirms.

    The attempt is counted before the code is compared, so that parallel guesses gain nothing; what is not compared costs no hash. Never call this
    inside a transaction.

    :param bound: further columns that must match (``session_id``).
    :raises Problem: 429 after too many attempts from one address, before anything is hashed; who is signed in, or on a known device, is not counted there.
    :raises OtpReplaced: for the code of an earlier message, after which a newer one was sent.
    :raises OtpRefused: for any other wrong, used, expired or unknown code alike.
    """
    settings = resources.settings
    # a code that a newer one has replaced is counted as well, since it is compared
    count = (
        sa.update(Otp)
        .where(Otp.id == challenge, Otp.purpose == purpose, Otp.expires_at > clock.now(), Otp.tries < settings.otp_tries)
        .where(*(getattr(Otp, name) == value for name, value in bound.items()))
        .values(tries=Otp.tries + 1)
        .returning(Otp)
    )
    with resources.db.write() as session:
        asked = session.scalar(count)
        replaced_hash = _replaced_hash(session, asked) if asked is not None else None
        if _is_from_afar(session, asked, asker):
            limits.code_tries(settings, asker.network).count(session)
    # an unknown name has such rows, too: the time taken does not reveal whether an account exists
    if asked is not None and asked.closed_at is None and hashing.matches(code, asked.code_hash) and asked.account_id:
        return asked
    if replaced_hash is not None and hashing.matches(code, replaced_hash):
        raise OtpReplaced
    if asked is not None:
        _record_refusal(resources, asked, asker)
    raise OtpRefused


def _is_from_afar(session: Session, asked: Otp | None, asker: Asker) -> bool:
    """Tell whether neither a session nor a known device speaks for who tries this code."""
    if asked is None:
        return True
    return asked.session_id is None and find_device(session, asked.account_id or uuid.UUID(int=0), asker) is None


def _record_refusal(resources: Resources[Settings], asked: Otp, asker: Asker) -> None:
    """Record that a code was wrong; of a name that nobody has with the same work."""
    with resources.db.write() as session:
        account = session.get(Account, asked.account_id or uuid.UUID(int=0))
        source = recognise(session, account, "", asker, resources.settings)
        record_sign_in(
            session, account, CODE_REFUSED, source, resources.settings, network=asker.network, device=asked.device
        )


def _replaced_hash(session: Session, asked: Otp) -> str | None:
    """Return the hash of the code that somebody who was sent several may have typed instead of the newest; None if there is none."""
    alike = sa.select(Otp).where(
        Otp.account_id == asked.account_id,
        Otp.purpose == asked.purpose,
        # codes that somebody else asked for replace none of this asker's
        Otp.asker.is_not_distinct_from(asked.asker),
        Otp.expires_at > clock.now(),
    )
    newest = session.scalar(alike.where(Otp.closed_at.is_(None)).order_by(Otp.issued_at.desc()).limit(1))
    if newest is None or newest.issued_at < asked.issued_at:
        return None
    if asked.closed_at is not None:
        return asked.code_hash
    before = alike.where(Otp.closed_at.is_not(None), Otp.issued_at < asked.issued_at)
    replaced = session.scalar(before.order_by(Otp.issued_at.desc()).limit(1))
    return replaced.code_hash if replaced is not None else None


def use_code(session: Session, otp: Otp, asker: Asker, settings: Settings) -> None:
    """Void a confirmed code; the attempt no longer counts for the address.

    :raises OtpRefused: if another request has just used it.
    """
    closing = sa.update(Otp).where(Otp.id == otp.id, Otp.closed_at.is_(None))
    closing = closing.values(closed_at=clock.now(), new_password_hash=None)
    if session.scalar(closing.returning(Otp.id)) is None:
        raise OtpRefused
    if otp.session_id is None:
        limits.code_tries(settings, asker.network).give_back(session)


def give_back_try(session: Session, otp: Otp) -> None:
    """Take back the attempt with a code that was right: what came with it was not, and may be corrected."""
    session.execute(sa.update(Otp).where(Otp.id == otp.id, Otp.tries > 0).values(tries=Otp.tries - 1))

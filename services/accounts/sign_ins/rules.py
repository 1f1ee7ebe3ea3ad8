"""Sign-ins, good and failed: who, when, from which device and network, with which result (ASVS 16.3.1; decision 61).

A device is kept as the hash that sessions have, a network as a hash with a key, another one for each account: neither can be read, and both can be
compared. For names that nobody has there are such rows, too, without an account: a failed attempt is the same work for every name.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.sign_ins.metrics import SIGN_INS
from services.accounts.throttles.sources import Source, hash_network, subject_of
from services.chassis import clock
from services.chassis.ids import uuid7

#: signed in; the password was wrong; it was right while another device is signed in (A7); a one-time code was wrong;
#: the password was right and a second factor was asked for (A12); that was wrong
RESULTS = ("signed_in", "refused", "other_device", "code_refused", "factor_asked", "factor_refused")
SIGNED_IN, REFUSED, OTHER_DEVICE, CODE_REFUSED, FACTOR_ASKED, FACTOR_REFUSED = RESULTS


class SignInRecord(Base):
    """One attempt to sign in, or to take over or reset an account by a one-time code."""

    __tablename__ = "sign_ins"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    #: None: a name that nobody has
    account_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
    result: Mapped[str]
    #: what whoever asked was to the account: device, address, stranger (`throttles.sources`)
    source: Mapped[str]
    #: as sessions keep it; None: the request named none
    device: Mapped[str | None]
    network_hash: Mapped[str | None]


def record_sign_in(
    session: Session,
    account: Account | None,
    result: str,
    source: Source,
    settings: Settings,
    *,
    network: str | None,
    device: str | None = None,
) -> None:
    """Record one attempt. Attempts beyond a limit (429) are counted by the limit alone: how many rows there are is bounded by it."""
    session.add(
        SignInRecord(
            account_id=account.id if account is not None else None,
            at=clock.now(),
            result=result,
            source=source.kind,
            device=device,
            network_hash=hash_network(subject_of(account), network, settings) if network else None,
        )
    )
    session.flush()
    SIGN_INS.labels(result, source.kind).inc()


def sign_ins_of(account_id: uuid.UUID) -> sa.Select[SignInRecord]:
    """Select an account's sign-ins."""
    return sa.select(SignInRecord).where(SignInRecord.account_id == account_id)

"""Recognise who asks: a device that the account knows, an address that it knows, or a stranger (A13).

A device shows a token that it got after a good sign-in (OWASP's "device cookie"); it is random, kept as a hash, and good for one account. An answer may be
lost: until the device has shown the token that was sent to it last, the one before stays good, and so does the device's own id (`Asker.device`).
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.throttles.sources import Asker, Source, hash_network, of_device, of_network, subject_of
from services.chassis import clock
from services.chassis.ids import uuid7

_NOBODY = uuid.UUID(int=0)


class KnownDevice(Base):
    """A device of the holder, by the hash of its id as sessions keep it; a unique index allows one row for each."""

    __tablename__ = "known_devices"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    device: Mapped[str]
    token_hash: Mapped[bytes]
    #: the token before that, until the device has shown this one
    earlier_hash: Mapped[bytes | None]
    #: whether the device has shown its token, so it has received it
    received: Mapped[bool] = mapped_column(default=False)
    until: Mapped[datetime]


class KnownAddress(Base):
    """A network of the holder, as a keyed hash."""

    __tablename__ = "known_addresses"

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    network_hash: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


def find_device(session: Session, account_id: uuid.UUID, asker: Asker) -> KnownDevice | None:
    """Return the device that the asker is, by the token it shows, if the account knows it."""
    ways = []
    if asker.device_token is not None:
        shown = hash_token(asker.device_token)
        ways += [KnownDevice.token_hash == shown, KnownDevice.earlier_hash == shown]
    if asker.device is not None:
        ways.append((KnownDevice.device == asker.device) & ~KnownDevice.received)
    if not ways:
        return None
    known = sa.select(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.until > clock.now())
    return session.scalar(known.where(sa.or_(*ways)).limit(1))


def recognise(session: Session, account: Account | None, name: str, asker: Asker, settings: Settings) -> Source:
    """Return the source that the asker is to this account: a device that it knows, an address that it knows, or a stranger.

    A name that nobody has takes the same questions. ``name``: the user name that was typed; "" for whoever has proved more than that.
    """
    subject, account_id = subject_of(account, name), account.id if account else _NOBODY
    device = find_device(session, account_id, asker)
    known = asker.network is not None and _knows(session, account_id, subject, asker.network, settings)
    return (
        of_device(subject, device.id)
        if device
        else of_network(subject, name or _main_name(account), asker.network, settings, known=known)
    )


def _main_name(account: Account | None) -> str:
    return (account.bhxh_code or account.username or "") if account else ""


def _knows(session: Session, account_id: uuid.UUID, subject: str, network: str, settings: Settings) -> bool:
    hashed = hash_network(subject, network, settings)
    found = sa.select(KnownAddress.until).where(KnownAddress.account_id == account_id, KnownAddress.network_hash == hashed)
    return session.scalar(found.where(KnownAddress.until > clock.now())) is not None


def hash_token(token: str) -> bytes:
    """Return the hash under which a device's token is stored."""
    return hashlib.sha256(token.encode()).digest()

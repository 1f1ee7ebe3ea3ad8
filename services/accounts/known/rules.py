"""Devices and addresses from which the holder of an account has signed in well (A13): each has its own limits, and gives no rights.

A device shows a token that it got after a good sign-in (OWASP's "device cookie"); it is random, kept as a hash, good for one account, and void once the
password is replaced elsewhere. Lock the account before calling what changes them.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from services.accounts.accounts.rules import Account
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.throttles.sources import Asker, hash_network, subject_of
from services.chassis import clock
from services.chassis.ids import uuid7

_TOKEN_BYTES = 32
_MOST_DEVICES, _MOST_ADDRESSES = 10, 5


class KnownDevice(Base):
    """A device of the holder, by the hash of its id as sessions keep it; a unique index allows one row for each."""

    __tablename__ = "known_devices"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    device: Mapped[str]
    token_hash: Mapped[bytes]
    until: Mapped[datetime]


class KnownAddress(Base):
    """A network of the holder, as a keyed hash."""

    __tablename__ = "known_addresses"

    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    network_hash: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


def find_device(session: Session, account_id: uuid.UUID, asker: Asker) -> KnownDevice | None:
    """Return the device whose token the asker shows, if the account knows it."""
    if asker.device_token is None:
        return None
    shown = sa.select(KnownDevice).where(KnownDevice.token_hash == _hash(asker.device_token))
    return session.scalar(shown.where(KnownDevice.account_id == account_id, KnownDevice.until > clock.now()))


def remember(session: Session, account: Account, device: str, asker: Asker, settings: Settings) -> str:
    """Make device and address known after a good sign-in. Return the device's token: the one it has shown, or a new one."""
    remember_address(session, account, asker, settings)
    token, now = asker.device_token, clock.now()
    shown = find_device(session, account.id, asker)
    if token is None or shown is None:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        shown = session.scalar(
            sa.select(KnownDevice).where(KnownDevice.account_id == account.id, KnownDevice.device == device)
        )
        if shown is None:
            shown = KnownDevice(account_id=account.id, device=device)
            session.add(shown)
        shown.token_hash = _hash(token)
    shown.until = now + timedelta(days=settings.known_device_days)
    session.flush()
    _keep_newest(session, KnownDevice.id, account, _MOST_DEVICES)
    return token


def remember_address(session: Session, account: Account, asker: Asker, settings: Settings) -> None:
    """Make the asker's address known to the account, for KNOWN_ADDRESS_DAYS."""
    if asker.network is None:
        return
    hashed = hash_network(subject_of(account), asker.network, settings)
    until = clock.now() + timedelta(days=settings.known_address_days)
    session.merge(KnownAddress(account_id=account.id, network_hash=hashed, until=until))
    session.flush()
    _keep_newest(session, KnownAddress.network_hash, account, _MOST_ADDRESSES)


def forget_others(session: Session, account: Account, *, device: str | None = None, asker: Asker | None = None) -> None:
    """Make every device and address unknown, but the device of this hash, or that of the asker: the password was replaced."""
    forgotten = sa.delete(KnownDevice).where(KnownDevice.account_id == account.id)
    if device is not None:
        forgotten = forgotten.where(KnownDevice.device != device)
    elif asker is not None and (shown := find_device(session, account.id, asker)) is not None:
        forgotten = forgotten.where(KnownDevice.id != shown.id)
    session.execute(forgotten)
    session.execute(sa.delete(KnownAddress).where(KnownAddress.account_id == account.id))


def _keep_newest(session: Session, key: InstrumentedAttribute[Any], account: Account, most: int) -> None:
    table = key.class_
    newest = sa.select(key).where(table.account_id == account.id).order_by(table.until.desc()).limit(most)
    session.execute(sa.delete(table).where(table.account_id == account.id, key.not_in(newest)))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

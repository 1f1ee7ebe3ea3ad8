"""Make devices and addresses known from which the holder of an account has signed in well (A13), and forget them. They give no rights.

All are void once the password is replaced elsewhere. Lock the account before calling what changes them.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.accounts.accounts.rules import Account
from services.accounts.known.recognition import KnownAddress, KnownDevice, find_device, hash_token, recognise
from services.accounts.settings import Settings
from services.accounts.sign_ins.facts import DeviceAdded
from services.accounts.sign_ins.rules import SIGNED_IN, record_sign_in
from services.accounts.throttles.sources import Asker, hash_network, subject_of
from services.chassis import clock

_TOKEN_BYTES = 32
_MOST_DEVICES, _MOST_ADDRESSES = 10, 5


def remember(
    session: Session, account: Account, device: str, asker: Asker, settings: Settings, *, taken_over: bool = False
) -> str:
    """Make device and address known after a good sign-in, record it, and tell the holder of a device that was not known (A15).

    Return the device's token: the one it has shown, or a new one.

    :param taken_over: another device was signed out for it, which tells the holder already (A7).
    """
    now, source = clock.now(), recognise(session, account, "", asker, settings)
    record_sign_in(session, account, SIGNED_IN, source, settings, network=asker.network, device=device)
    remember_address(session, account, asker, settings)
    shown = find_device(session, account.id, asker)
    of_id = sa.select(KnownDevice).where(KnownDevice.account_id == account.id, KnownDevice.device == device)
    kept = shown or session.scalar(of_id)
    # with a first password all that can be done is to replace it, by a code to the phone
    if (kept is None or kept.until <= now) and not taken_over and not account.must_change:
        account.tell(
            DeviceAdded(account_id=str(account.id), contact=account.contact, account_hint=account.hint, added_at=now)
        )
    if kept is None:
        kept = KnownDevice(account_id=account.id, device=device)
        session.add(kept)
    token = _token_of(kept, asker)
    kept.until = now + timedelta(days=settings.known_device_days)
    session.flush()
    _keep_newest(session, KnownDevice.id, account, _MOST_DEVICES)
    return token


def _token_of(kept: KnownDevice, asker: Asker) -> str:
    """Return the token that the device shows, or a new one beside that of before."""
    shown = asker.device_token
    if shown is not None and hash_token(shown) in (kept.token_hash, kept.earlier_hash):
        # the one that is shown is the one that has arrived
        kept.token_hash, kept.earlier_hash, kept.received = hash_token(shown), None, True
        return shown
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    if kept.received or kept.earlier_hash is None:
        kept.earlier_hash = kept.token_hash
    kept.token_hash, kept.received = hash_token(token), False
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

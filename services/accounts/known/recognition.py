"""Recognise who asks: a device that the account knows, an address that it knows, or a stranger."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.rules import Account
from services.accounts.known.rules import KnownAddress, find_device
from services.accounts.settings import Settings
from services.accounts.throttles.sources import Asker, Source, hash_network, of_device, of_network, subject_of
from services.chassis import clock

_NOBODY = uuid.UUID(int=0)


def recognise(session: Session, account: Account | None, name: str, asker: Asker, settings: Settings) -> Source:
    """Return the source that the asker is to this account. A name that nobody has takes the same questions."""
    subject, account_id = subject_of(account, name), account.id if account else _NOBODY
    device = find_device(session, account_id, asker)
    known = asker.network is not None and _knows(session, account_id, subject, asker.network, settings)
    return of_device(subject, device.id) if device else of_network(subject, asker.network, settings, known=known)


def _knows(session: Session, account_id: uuid.UUID, subject: str, network: str, settings: Settings) -> bool:
    hashed = hash_network(subject, network, settings)
    found = sa.select(KnownAddress.until).where(KnownAddress.account_id == account_id, KnownAddress.network_hash == hashed)
    return session.scalar(found.where(KnownAddress.until > clock.now())) is not None

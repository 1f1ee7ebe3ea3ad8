"""Warn before the ten days end, expire the declaration after them (I6), and discard drafts that were never submitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.registration.declarations.erasure import EXPIRED, discard_draft, erase
from services.registration.declarations.rules import Declaration
from services.registration.settings import Settings

_Due = Callable[[datetime], sa.Select[Declaration]]


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweeps; the settings give their periods."""
    settings = resources.settings
    every = settings.sweep_seconds
    made = [
        Sweep("expire_declarations", _overdue, _expire, limit=Limit.PEOPLE, every_seconds=every),
        Sweep(
            "delete_old_drafts",
            _drafts_older_than(timedelta(days=settings.draft_days)),
            _discard,
            limit=Limit.PEOPLE,
            every_seconds=every,
        ),
    ]
    if settings.expiry_warning_days:
        due = _expiring_within(timedelta(days=settings.expiry_warning_days))
        made.append(Sweep("warn_of_expiry", due, _warn, limit=Limit.PEOPLE, every_seconds=every))
    return made


def _expire(_session: Session, declaration: Declaration) -> None:
    declaration.expire(clock.now())
    erase(declaration, EXPIRED)


def _warn(_session: Session, declaration: Declaration) -> None:
    declaration.warn(clock.now())


def _discard(_session: Session, declaration: Declaration) -> None:
    discard_draft(declaration)


def _overdue(now: datetime) -> sa.Select[Declaration]:
    # a letter that was posted in time may still be on its way (I12)
    letters_over = sa.or_(Declaration.letters_until.is_(None), Declaration.letters_until <= now)
    return sa.select(Declaration).where(Declaration.status == "submitted", Declaration.expires_at <= now, letters_over)


def _expiring_within(ahead: timedelta) -> _Due:
    def due(now: datetime) -> sa.Select[Declaration]:
        return sa.select(Declaration).where(
            Declaration.status == "submitted",
            Declaration.warned_at.is_(None),
            Declaration.expires_at <= now + ahead,
            Declaration.expires_at > now,
        )

    return due


def _drafts_older_than(age: timedelta) -> _Due:
    def due(now: datetime) -> sa.Select[Declaration]:
        return sa.select(Declaration).where(Declaration.status == "draft", Declaration.created_at <= now - age)

    return due

"""Due dates of declarations: the warning, the end of the ten days (I6), and drafts that nobody sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep
from services.registration import jobs
from services.registration.model import Declaration, tell
from services.registration.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """The sweeps, with the clocks that the settings give."""
    settings = resources.settings
    every = settings.sweep_seconds
    made = [
        Sweep("expire_declarations", _overdue, expire, every_seconds=every),
        Sweep("delete_old_drafts", _old_drafts(timedelta(days=settings.draft_days)), delete_draft, every_seconds=every),
    ]
    if settings.expiry_warning_days:
        due = _expiring(timedelta(days=settings.expiry_warning_days))
        made.append(Sweep("warn_of_expiry", due, warn, every_seconds=every))
    return made


def expire(session: Session, declaration: Declaration) -> None:
    """I6: cancelled, told, and the person's data and documents deleted."""
    tell(session, declaration, declaration.expire(clock.now()))
    jobs.delete_documents(session, declaration.dossier_no, declaration.erase())


def warn(session: Session, declaration: Declaration) -> None:
    """I6, ours: an SMS two days before."""
    tell(session, declaration, declaration.warn(clock.now()))


def delete_draft(session: Session, declaration: Declaration) -> None:
    """Never sent, so nobody has to hear of it and nothing of it is kept."""
    jobs.delete_documents(session, declaration.dossier_no, declaration.erase())
    session.delete(declaration)
    session.flush()


def _overdue(now: datetime) -> sa.Select[Any]:
    return sa.select(Declaration).where(Declaration.status == "submitted", Declaration.expires_at <= now)


def _expiring(ahead: timedelta) -> Any:
    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(Declaration).where(
            Declaration.status == "submitted",
            Declaration.warned_at.is_(None),
            Declaration.expires_at <= now + ahead,
            Declaration.expires_at > now,
        )

    return due


def _old_drafts(age: timedelta) -> Any:
    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(Declaration).where(Declaration.status == "draft", Declaration.created_at <= now - age)

    return due

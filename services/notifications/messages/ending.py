"""Erase what was written about a dossier whose declaration expired or was withdrawn, within a day (I6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Instant, ServiceSession
from services.notifications.messages.rules import Message
from services.notifications.schema import Base

#: the last SMS about it may have to wait for the morning. Cancelled by 06:15 at the latest, all is erased before the day is over
ERASED_AFTER = timedelta(hours=16)
#: as long as a late fact about it may come; those that come later still are about other dossiers
_KEPT_FOR = timedelta(days=90)


class EndedDossier(Base):
    """A dossier whose declaration has expired or was withdrawn: what is still written about it is erased as soon."""

    __tablename__ = "ended_dossiers"

    ref: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(Instant())


def end_dossier(session: ServiceSession, ref: str) -> None:
    """Have addresses and texts of all messages about it erased when `ERASED_AFTER` has passed, and of later ones likewise."""
    insert = postgresql.insert if session.database.is_postgresql else sqlite.insert
    session.execute(insert(EndedDossier).values(ref=ref, ended_at=clock.now()).on_conflict_do_nothing())
    soon = clock.now() + ERASED_AFTER
    mine = (Message.ref == ref, Message.erased_at.is_(None), Message.erase_at.is_(None))
    session.execute(sa.update(Message).where(*mine).values(erase_at=soon).execution_options(synchronize_session=False))


def close_matter(session: ServiceSession, ref: str, *, days: int) -> None:
    """Have addresses and texts of the messages about a dossier or complaint that is decided erased after so many days.

    Until then support can tell whether the decision arrived.
    """
    mine = (Message.ref == ref, Message.erased_at.is_(None), Message.erase_at.is_(None))
    later = sa.update(Message).where(*mine).values(erase_at=clock.now() + timedelta(days=days))
    session.execute(later.execution_options(synchronize_session=False))


def erase_at_of(ref: sa.ColumnElement[str], soon: sa.ColumnElement[datetime]) -> sa.ColumnElement[datetime | None]:
    """Return when a new message about ``ref`` is to be erased: ``soon``, if its declaration has ended, else null."""
    return sa.case((sa.exists().where(EndedDossier.ref == ref), soon))


def forgotten(now: datetime) -> sa.Select[EndedDossier]:
    """Select what nobody will write about any more."""
    return sa.select(EndedDossier).where(EndedDossier.ended_at <= now - _KEPT_FOR)


def forget(session: Session, ended: EndedDossier) -> None:
    """Delete one of them."""
    session.delete(ended)
    session.flush()

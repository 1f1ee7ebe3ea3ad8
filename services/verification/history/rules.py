"""The history of a dossier (V13): who did what, where and when."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.history import entries_about
from services.verification.officers.rules import Officer
from services.verification.schema import Base


class Entry(Base):
    """One entry. The database refuses to change or delete it, so it must hold no personal data of citizens."""

    __tablename__ = "history"

    #: keeps the order of entries with the same time, such as a decision and the claim it implied
    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True)
    dossier_no: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())
    action: Mapped[str]
    #: account id of the officer; None: the system
    actor: Mapped[str | None]
    role: Mapped[str | None]
    office_code: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


def log(session: Session, dossier_no: str, action: str, by: Officer | None = None, **details: Any) -> None:
    """Add an entry to the history; without ``by`` the system is the actor."""
    signature = by.signature if by else {}
    session.add(Entry(dossier_no=dossier_no, at=clock.now(), action=action, details=details, **signature))


def history_of(session: Session, dossier_no: str) -> list[dict[str, Any]]:
    """Return what was done with the dossier (V13) and who looked at it (V16), oldest first."""
    steps = session.scalars(sa.select(Entry).where(Entry.dossier_no == dossier_no).order_by(Entry.seq)).all()
    names = ("at", "action", "actor", "role", "office_code", "details")
    done = [{name: getattr(step, name) for name in names} | {"purpose": None} for step in steps]
    looks = [
        {name: look[name] for name in (*names, "purpose")} | {"details": _of_look(look)}
        for look in entries_about(session, dossier_no)
    ]
    return sorted([*done, *looks], key=lambda each: each["at"])


def _of_look(look: sa.RowMapping) -> dict[str, Any]:
    """Return the details of a look without the other numbers of its list."""
    return {"kind": look["kind"]} | {name: value for name, value in look["details"].items() if name != "numbers"}


def first_at(session: Session, dossier_no: str, action: str) -> datetime | None:
    """Return when the history first says this about a dossier; None if it never does."""
    query = sa.select(Entry.at).where(Entry.dossier_no == dossier_no, Entry.action == action).order_by(Entry.seq).limit(1)
    return session.scalar(query)

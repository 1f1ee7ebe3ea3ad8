"""The history that every service has: who did what to whose data, when and what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Instant, chassis_metadata

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

history_entries = sa.Table(
    "history_entries",
    chassis_metadata,
    #: keeps the order of entries with the same time
    sa.Column("seq", BIG, sa.Identity(), primary_key=True),
    sa.Column("at", Instant(), nullable=False),
    #: an account's id, or ``vss:NAME`` for an operator of that name
    sa.Column("actor", sa.Text(), nullable=False),
    sa.Column("role", sa.Text()),
    #: office or board
    sa.Column("office_code", sa.Text()),
    sa.Column("province_code", sa.Text()),
    #: viewed, found, listed, changed …
    sa.Column("action", sa.Text(), nullable=False),
    #: dossier, document, form, complaint, messages, staff …
    sa.Column("kind", sa.Text(), nullable=False),
    #: the number or id that we gave it; None for a list
    sa.Column("about", sa.Text()),
    #: what for: the name of the work in hand, or the words of who did it
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("details", sa.JSON(), nullable=False),
)

#: numbers of a list that are kept; a page has no more
MOST_NUMBERS = 200


@dataclass(frozen=True, kw_only=True)
class Act:
    """One entry, without its time. It can never be taken back, so it must hold no citizen's data beyond numbers that we gave."""

    actor: str
    role: str | None = None
    office_code: str | None = None
    province_code: str | None = None
    action: str
    kind: str
    about: str | None = None
    purpose: str
    details: Mapping[str, Any] = field(default_factory=dict)


def add(session: Session, act: Act) -> None:
    """Add an entry in this transaction: what it tells of happens with it, or not at all."""
    session.execute(sa.insert(history_entries), vars(act) | {"at": clock.now(), "details": dict(act.details)})


def entries_about(
    session: Session, about: str, *, since: datetime | None = None, province: str | None = None
) -> Sequence[sa.RowMapping]:
    """Return the entries about a number or id, and the lists in which it stood, oldest first.

    :param since: of lists, only those from then on are looked through; None: all. (Lists have no index by number.)
    :param province: only what staff of this province did.
    """
    listed = sa.cast(history_entries.c.details, sa.Text()).contains(f'"{about}"', autoescape=True)
    lists = history_entries.c.about.is_(None) & listed
    if since is not None:
        lists &= history_entries.c.at >= since
    query = sa.select(history_entries).where((history_entries.c.about == about) | lists).order_by(history_entries.c.seq)
    if province is not None:
        query = query.where(history_entries.c.province_code == province)
    return session.execute(query).mappings().all()


def histories_of(service_class: Any) -> dict[str, sa.Table]:
    """Return the tables that are chained for a service, by name: this one, and those of its ``histories``."""
    return {table.name: table for table in (history_entries, *getattr(service_class, "histories", ()))}

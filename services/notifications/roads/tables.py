"""The roads for SMS and their shares, shared by all processes; when a share changed, and what a road did wrong."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.ids import uuid7
from services.notifications.schema import Base


class Road(Base):
    """One road: of a hundred SMS, how many it gets now, and at rest. Kept for both, whether or not the settings use it."""

    __tablename__ = "sms_roads"

    name: Mapped[str] = mapped_column(primary_key=True)
    rest: Mapped[int]
    share: Mapped[int]
    looked_at: Mapped[datetime] = mapped_column(Instant())


class Shift(Base):
    """One change of a share, and why: `errors`, `slow`, `rest` (back towards it), or `operator`."""

    __tablename__ = "sms_road_shifts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(Instant())
    road: Mapped[str]
    share: Mapped[int]
    why: Mapped[str]


class RoadError(Base):
    """One failed call: the road's fault or ours, never the recipient's. Kept for some minutes."""

    __tablename__ = "sms_road_errors"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(Instant())
    road: Mapped[str]
    code: Mapped[str]


def lock_roads(session: Session) -> list[Road]:
    """Return all roads, locked; always in the same order, so that nobody waits for another in a circle."""
    return list(session.scalars(sa.select(Road).order_by(Road.name).with_for_update()))


def set_shares(session: Session, roads: list[Road], shares: Mapping[str, int], why: str) -> list[str]:
    """Set the shares of locked roads; return which of them changed."""
    changed = [road for road in roads if shares.get(road.name, road.share) != road.share]
    for road in changed:
        road.share = shares[road.name]
        session.add(Shift(at=clock.now(), road=road.name, share=road.share, why=why))
    return [road.name for road in changed]


def last_shift(session: Session) -> datetime | None:
    """Return when a share changed last."""
    return session.scalar(sa.select(sa.func.max(Shift.at, type_=Instant())))

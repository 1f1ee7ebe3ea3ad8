"""Heads of chains: what a service has told of its own each day, and what it was told of others', for whom it is the witness.

A head is a position and its hash. It says nothing about people or work, so it is told to every agency; whoever has one can tell
whether the history up to it was rewritten, by whomever.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.orm import Session

from services.chassis.database import Instant, chassis_metadata
from services.chassis.facts import Fact, Reader, public, reads

history_heads = sa.Table(
    "history_heads",
    chassis_metadata,
    #: the service whose history it is
    sa.Column("origin", sa.Text(), primary_key=True),
    #: in Vietnam, when it was told
    sa.Column("day", sa.Date(), primary_key=True),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("hash", sa.Text(), nullable=False),
    sa.Column("at", Instant(), nullable=False),
)

_EXAMPLE = {
    "day": "2026-11-28",
    "position": 184_212,
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "at": "2026-11-28T00:00:12+07:00",
}


class HistoryHeadPublished(Fact, name="history_head_published", version=1, subject="day", example=_EXAMPLE):
    """How far the service's history reaches, and the hash of all of it up to there (V16). Keep it: it shows later whether that was rewritten."""

    day: date = public(fields.Date(required=True))
    #: links up to here
    position: int = public(fields.Integer(required=True, strict=True))
    #: SHA-256 of the link there, in hexadecimal
    hash: str = public(fields.String(required=True))
    at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class Head(NamedTuple):
    """A head, and who says so: the service itself, its witness, or a file."""

    day: date
    position: int
    hash: str
    at: datetime
    said_by: str


def heads_of(session: Session, origin: str, *, said_by: str) -> list[Head]:
    """Return the heads of a service's history that this database knows, oldest first."""
    columns = (history_heads.c.day, history_heads.c.position, history_heads.c.hash, history_heads.c.at)
    rows = session.execute(sa.select(*columns).where(history_heads.c.origin == origin).order_by(history_heads.c.day))
    return [Head(*row, said_by) for row in rows]


def last_day(session: Session, origin: str) -> date | None:
    """Return the day of the newest head of a service; None if there is none."""
    day: date | None = session.scalar(sa.select(sa.func.max(history_heads.c.day)).where(history_heads.c.origin == origin))
    return day


def keep(session: Session, origin: str, fact: Any) -> None:
    """Keep a head. One of a day that is known already changes nothing: what was told first counts."""
    known = sa.select(history_heads.c.day).where(history_heads.c.origin == origin, history_heads.c.day == fact.day)
    if session.execute(known).first() is None:
        row = {"origin": origin, "day": fact.day, "position": fact.position, "hash": fact.hash, "at": fact.at}
        session.execute(sa.insert(history_heads), row)


def witness(*services: str) -> dict[type[Reader], Callable[..., None]]:
    """Return what a service reads and does to be the witness of others' histories; it belongs into its ``handlers.HANDLERS``."""
    return {_reader(service): _keeper(service) for service in services}


def witnesses_of(service: str, classes: Sequence[Any]) -> list[Any]:
    """Return those of the service classes that keep this one's heads."""
    name = HistoryHeadPublished.fact_name
    return [each for each in classes if any((reader.service, reader.fact_name) == (service, name) for reader in each.reads)]


def _reader(service: str) -> type[Reader]:
    class HeadPublished(Reader, service=service, name=HistoryHeadPublished.fact_name, version=1):
        day: date = reads(fields.Date(required=True))
        position: int = reads(fields.Integer(required=True, strict=True))
        hash: str = reads(fields.String(required=True))
        at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))

    return HeadPublished


def _keeper(service: str) -> Callable[..., None]:
    def keep_head(session: Session, fact: Any) -> None:
        keep(session, service, fact)

    return keep_head

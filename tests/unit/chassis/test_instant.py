"""Moments in the database: aware in, aware UTC out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from services.chassis.database import Instant

HANOI = timezone(timedelta(hours=7))

metadata = sa.MetaData()
moments = sa.Table("moments", metadata, sa.Column("n", sa.Integer, primary_key=True), sa.Column("at", Instant()))


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_moment_of_another_zone_comes_back_as_the_same_moment_in_utc(connection: sa.Connection) -> None:
    at = datetime(2026, 11, 21, 7, 0, tzinfo=HANOI)
    connection.execute(moments.insert().values(n=1, at=at))

    found = connection.scalar(sa.select(moments.c.at))

    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


def test_moments_of_different_zones_compare_by_time_and_not_by_their_digits(connection: sa.Connection) -> None:
    connection.execute(moments.insert().values(n=1, at=datetime(2026, 11, 21, 7, 0, tzinfo=HANOI)))

    before = sa.select(moments.c.n).where(moments.c.at < datetime(2026, 11, 21, 1, 0, tzinfo=UTC))

    assert connection.scalar(before) == 1


def test_nothing_stays_nothing(connection: sa.Connection) -> None:
    connection.execute(moments.insert().values(n=1, at=None))

    assert connection.scalar(sa.select(moments.c.at)) is None


def test_a_moment_without_a_zone_is_refused(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        connection.execute(moments.insert().values(n=1, at=datetime(2026, 11, 21)))  # noqa: DTZ001

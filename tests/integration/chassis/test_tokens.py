"""Sessions that are over: whose tokens are refused before they end, and for how long that is remembered."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.sweeps import Guard
from services.chassis.web import tokens
from tests.stand.migrated import migrate


def _database(url):
    database = Database(url)
    migrate(database)
    return database


def test_a_revoked_session_is_refused_and_others_are_not(database_url):
    database = _database(database_url)
    with database.write() as session:
        tokens.revoke(session, "s-1", until=clock.now() + timedelta(minutes=15))
    is_revoked = tokens.Revoked(database)
    assert is_revoked({"sid": "s-1"})
    assert not is_revoked({"sid": "s-2"})
    assert not is_revoked({})


def test_a_session_revoked_twice_is_kept_once(database_url):
    database = _database(database_url)
    for _ in range(2):
        with database.write() as session:
            tokens.revoke(session, "s-1", until=clock.now() + timedelta(minutes=15))
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(tokens.revoked)) == 1


def test_a_session_is_forgotten_once_its_last_token_has_ended(database_url):
    database = _database(database_url)
    with database.write() as session:
        tokens.revoke(session, "old", until=clock.now() - timedelta(seconds=1))
    assert not tokens.Revoked(database)({"sid": "old"})
    with database.write() as session:
        tokens.revoke(session, "new", until=clock.now() + timedelta(minutes=15))
    assert tokens.FORGET_REVOKED.run(database, Guard(database, "desk")) == 1
    with database.read() as session:
        assert session.scalars(sa.select(tokens.revoked.c.session_id)).all() == ["new"]


def test_whoever_comes_before_the_first_reading_has_ended_waits_for_it(database_url, monkeypatch):
    database = _database(database_url)
    with database.write() as session:
        tokens.revoke(session, "s-1", until=clock.now() + timedelta(minutes=15))
    is_revoked, read = tokens.Revoked(database), database.read

    def slowly():
        time.sleep(0.3)
        return read()

    monkeypatch.setattr(database, "read", slowly)
    with ThreadPoolExecutor(20) as callers:
        assert set(callers.map(is_revoked, [{"sid": "s-1"}] * 20)) == {True}


def test_a_reading_that_failed_lets_nobody_in(database_url, monkeypatch):
    database = _database(database_url)
    with database.write() as session:
        tokens.revoke(session, "s-1", until=clock.now() + timedelta(minutes=15))
    is_revoked = tokens.Revoked(database)
    monkeypatch.setattr(database, "read", lambda: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            is_revoked({"sid": "s-1"})
    monkeypatch.undo()
    assert is_revoked({"sid": "s-1"})

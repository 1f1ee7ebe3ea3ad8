"""Sessions that are over: whose tokens are refused before they end, and for how long that is remembered."""

from datetime import timedelta

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

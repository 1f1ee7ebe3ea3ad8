"""A commit waits for the disk, unless a power cut may take what it writes."""

import sqlalchemy as sa

from services.chassis.database import Database

_NORMAL, _FULL = 1, 2


def test_only_a_write_that_may_be_lost_does_not_wait_for_the_disk(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}", pool_size=1)

    def level(session):
        return session.scalar(sa.text("PRAGMA synchronous"))

    assert database.transact(level) == _FULL
    assert database.transact(level, lasting=False) == _NORMAL
    assert database.transact(level) == _FULL, "on the same connection"
    database.dispose()

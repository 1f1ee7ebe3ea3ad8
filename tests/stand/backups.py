"""A backup of a desk's database, and that database as it was then."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.testing.postgres_node import SUPERUSER


class Backup:
    """Taken when it is made; ``restore`` puts it in the place of the database, however often."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._copy = f"{database.url.database}_backup"
        database.dispose()
        self._replace(str(database.url.database), self._copy)

    def restore(self) -> None:
        """Throw away what has happened since."""
        self._database.dispose()
        self._replace(self._copy, str(self._database.url.database))

    def _replace(self, source: str, target: str) -> None:
        if not self._database.is_postgresql:
            with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
                here.backup(there)
            return
        # the service's user makes no databases; rights within the database are copied with it
        url = self._database.url.set(username=SUPERUSER, database=SUPERUSER)
        server = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

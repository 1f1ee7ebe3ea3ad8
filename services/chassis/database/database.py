"""One database per service: engine, sessions, migrations. PostgreSQL in production, SQLite (WAL) by default.

Under green threads a SQLite call blocks the whole process, and two green threads of one process must not wait for each
other's file lock: each would wait for a thread that cannot run. So on SQLite ``write()`` takes a lock of this process first,
and what runs inside must not wait for anything but the database.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, exc

from services.chassis.database import engines, migrations, ownership
from services.chassis.database.failures import Outage, is_contention, is_gone, outage_of
from services.chassis.database.sessions import ServiceSession
from services.chassis.errors import StartUpError, Transient
from services.chassis.settings import ChassisSettings

#: tables of the chassis itself (inbox, outbox, jobs …), created in each service's database by ``migrate``
chassis_metadata = sa.MetaData()

_WRITE_LOCK_SECONDS = 30.0
_MIGRATION_LOCK = 0x5653_5301

_DO_NOT_WAIT = sa.text("SET LOCAL synchronous_commit TO off")

T = TypeVar("T")


class Database:
    """Engine and sessions of one service.

    ``settings``: what the program that opened it runs under (`resources.settings_of`); None in one that has no `Resources`.

    :param url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
    :param direct_url: the same database past a pooler of transactions: for migrations and for the locks of a session.
    :param migration_url: the same database under the user who owns the tables; migrations run as that user, and give `url`'s its rights.
    :param pool_size: connections at most, the relay's own not counted.
    :raises StartUpError: for a URL that SQLAlchemy cannot use.
    """

    def __init__(
        self, url: str, *, direct_url: str | None = None, migration_url: str | None = None, pool_size: int = 10
    ) -> None:
        self.settings: ChassisSettings | None = None
        self.url = parsed = engines.parse_url("DATABASE_URL", url)
        self.direct_url = engines.parse_url("DATABASE_DIRECT_URL", direct_url) if direct_url else parsed
        self._migration_url = engines.parse_url("MIGRATION_DATABASE_URL", migration_url) if migration_url else None
        self.is_postgresql = parsed.get_backend_name() == "postgresql"
        self._write_lock = threading.Lock()
        self._on_commit: list[Callable[[frozenset[str]], object]] = []
        if self.is_postgresql:
            self.engine = engines.postgresql(parsed, pool_size)
        elif parsed.get_backend_name() == "sqlite":
            self.engine = engines.sqlite(parsed, pool_size)
        else:
            raise StartUpError(f"DATABASE_URL: {parsed.get_backend_name()} is not supported; use sqlite or postgresql")
        # reads use autocommit on PostgreSQL (decision 17): no BEGIN and ROLLBACK, at which psycopg would forget the
        # connection's prepared statements
        reading = {"isolation_level": "AUTOCOMMIT"} if self.is_postgresql else {}
        # for counts: what a power cut may take
        self._passing = self.engine.execution_options(vss_passing=True)
        self._reading = self.engine.execution_options(vss_read_only=True, **reading)

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[ServiceSession]:
        """Open a session that commits at the end, or rolls back if anything raises.

        Do not nest, and wait for nothing but the database inside (law 2).

        :param lasting: False for what a power cut may take: the commit does not wait for the disk.
        :raises Transient: if SQLite's write lock was not free within 30 s.
        """
        if self.is_postgresql:
            with self._session(self.engine) as session, session.begin():
                if not lasting:
                    session.execute(_DO_NOT_WAIT)
                yield session
            return
        if not self._write_lock.acquire(timeout=_WRITE_LOCK_SECONDS):
            raise Transient("database: the write lock was not free within 30 s")
        try:
            with self._session(self.engine if lasting else self._passing) as session, session.begin():
                yield session
        finally:
            self._write_lock.release()

    def transact(self, work: Callable[[ServiceSession], T], *, lasting: bool = True) -> T:
        """Return what ``work`` returns in one write transaction; run it again if only DDL beside it made its first run fail.

        :param lasting: as for ``write``.
        :raises Transient: as ``write`` does.
        """
        try:
            with self.write(lasting=lasting) as session:
                return work(session)
        except exc.DBAPIError as error:
            outage = outage_of(error)
            if outage is None or not outage.at_once:
                raise
        with self.write(lasting=lasting) as session:
            return work(session)

    @contextmanager
    def read(self) -> Iterator[ServiceSession]:
        """Open a read-only session; nothing is committed."""
        with self._session(self._reading) as session:
            yield session

    def _session(self, engine: sa.Engine) -> ServiceSession:
        session = ServiceSession(engine, expire_on_commit=False)
        session.database = self
        session.writes = engine is not self._reading
        return session

    def on_commit(self, callback: Callable[[frozenset[str]], object]) -> Callable[[], None]:
        """Call ``callback`` after each commit in which something was announced, with that. It must not raise or wait.

        Returns what undoes this.
        """
        self._on_commit.append(callback)
        return lambda: self._on_commit.remove(callback)

    def tell_committed(self, news: frozenset[str]) -> None:
        """Run the callbacks."""
        for callback in list(self._on_commit):
            callback(news)

    def on_outage(self, callback: Callable[[Outage], object]) -> None:
        """Call ``callback`` with why, each time the database takes no statement or connection. It must not raise or wait."""

        @event.listens_for(self.engine, "handle_error")
        def _on_error(context: Any) -> None:
            error = context.sqlalchemy_exception
            if error is not None and (outage := outage_of(error)):
                callback(outage)

    def ping(self) -> None:
        """Check that the database answers.

        :raises Transient: if it does not answer.
        """
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except exc.DBAPIError as error:
            raise Transient(
                f"database: {str(error.orig).strip().partition(chr(10))[0] or type(error.orig).__name__}"
            ) from error

    def refuses_writes(self) -> str | None:
        """Return what to say while the server takes no writes (a standby, a demoted primary); None while it does. Reads go on meanwhile."""
        if not self.is_postgresql:
            return None
        with self.engine.connect() as connection:
            if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off":
                return None
            connection.invalidate()  # a session that began so stays so
        return "the server is read-only: point DATABASE_URL at the primary (docs/runbooks/database-away.md)"

    def is_migrated(self, scripts: Path | None = None) -> bool:
        """Whether ``migrate(scripts)`` has nothing to do. A SQLite file, and its folder, are made if there is none.

        :raises StartUpError: if a newer release has taken away what this program needs.
        """
        if self.url.database and not self.is_postgresql:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        with self._reading.connect() as connection:
            return all(
                migrations.state_of(connection, part) is not migrations.State.BEHIND for part in migrations.parts(scripts)
            )

    def newer_schema(self, scripts: Path | None = None) -> str | None:
        """Say, in a sentence for operators, which parts a newer release has migrated; None if none.

        :raises StartUpError: if that release has taken away what this program needs.
        """
        with self._reading.connect() as connection:
            return migrations.newer_parts(connection, scripts)

    def is_owned(self) -> bool:
        """Tell whether our user owns the tables, and so could do anything to them. A SQLite file is nobody's in this sense."""
        with self._reading.connect() as connection:
            return self.is_postgresql and ownership.owns_tables(connection)

    def must_be_migratable(self) -> None:
        """Check that our user may change the tables.

        :raises NotMigrated: if only their owner may.
        """
        if self.is_postgresql:
            with self._reading.connect() as connection:
                if not ownership.may_migrate(connection):
                    raise ownership.NotMigrated(self.url.username)

    def migrate(self, scripts: Path | None = None) -> None:
        """Bring the chassis' tables, then the service's (``scripts``: an alembic folder), to the latest revision.

        Leaves what a newer release has migrated. Safe to call from several processes at once, and again. Loads alembic if there is
        anything to do: a service's process calls ``migrate_in_subprocess``.

        :raises StartUpError: if a step fails, the database is then as before it; or as ``is_migrated`` does.
        :raises NotMigrated: if our user does not own the tables, and no `migration_url` was given.
        :raises Transient: if the database went away meanwhile.
        """
        if self._migration_url is None:
            if self.is_migrated(scripts):
                return
            self.must_be_migratable()
        url = self._migration_url or self.direct_url
        engine = self.engine if url == self.url else engines.postgresql(url, 1)
        try:
            with engine.begin() as connection:
                if self.is_postgresql:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                for part in migrations.parts(scripts):
                    if migrations.state_of(connection, part) is migrations.State.BEHIND:
                        migrations.upgrade(connection, part)
                if self._migration_url is not None and self._migration_url.username != self.url.username:
                    ownership.grant(connection, self.url.username or "")
        except StartUpError as error:
            reason = error.__cause__
            if reason is not None and (is_gone(reason) or is_contention(reason)):
                raise Transient(f"database: {type(reason).__name__} during migration") from reason
            raise
        finally:
            if engine is not self.engine:
                engine.dispose()

    def dispose(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()

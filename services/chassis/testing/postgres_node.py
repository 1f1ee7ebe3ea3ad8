"""A private PostgreSQL with the durability of a real one (fsync and synchronous commit are on)."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from services.chassis.testing import postgres_programs
from services.chassis.testing.node import Node
from services.chassis.testing.postgres_programs import environment, make_folder, program
from services.chassis.testing.processes import Process, accepts, spawn, wait_until

SUPERUSER = "postgres"


class PostgresNode(Node):
    """One cluster; any number of databases, reached as `postgres` without a password.

    PostgreSQL refuses to run as root. Root's test run starts it as the account `postgres` (or
    `nobody`), which must be able to reach `directory`: pytest's own `tmp_path` is closed to it.
    `options`: further server settings, `name=value`.
    """

    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": end the sessions, write a checkpoint, leave

    def __init__(self, directory: Path, *, options: Iterable[str] = ()) -> None:
        super().__init__(directory)
        self.options = tuple(options)
        self._data = self.directory / "data"
        self._log = self.directory / "postgres.log"

    def dsn(self, database: str = SUPERUSER) -> str:
        """The SQLAlchemy URL of a database (psycopg 3)."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """An empty database of this name, in place of an older one; its URL."""
        self.drop_database(name)
        self._run("CREATE DATABASE {} TEMPLATE template0", name)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and end the sessions in it; nothing happens when there is none."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection[TupleRow]:
        """A plain psycopg connection, in autocommit."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, dbname=database, connect_timeout=5, autocommit=True
        )

    def execute(self, statement: str, database: str = SUPERUSER) -> list[TupleRow]:
        """Run a statement as the superuser; its rows, none for a command."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def set_read_only(self, on: bool, *, database: str | None = None) -> None:
        """Let the server (or one database) take no writes, or take them again, as operations would; ends all sessions."""
        value = "on" if on else "off"
        if database is None:
            self.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            self.execute("SELECT pg_reload_conf()")
            wait_until(lambda: self.execute("SHOW default_transaction_read_only") == [(value,)], 5)
        else:
            self.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = {value}")
        self.end_sessions(database)

    def end_sessions(self, database: str | None = None) -> None:
        """End every client's session, or those of one database."""
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND datname = coalesce(%s, datname) AND pid <> pg_backend_pid()"
        )
        with self.connect() as connection:
            connection.execute(statement, (database,))

    def _run(self, statement: LiteralString, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    # The process

    def _launch(self) -> Process:
        account = postgres_programs.account()
        if not (self._data / "PG_VERSION").exists():
            make_folder(self._data, account)
            with self._log.open("ab") as output:
                process = spawn(
                    self._initialise(), environment=environment(), directory=self.directory, output=output, user=account
                )
            if process.wait(timeout=120) != 0:
                raise self._failure("could not be initialised")
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",  # 127.0.0.1 alone: no socket file to leave behind
            "max_connections=200",
            "shared_buffers=128MB",
            # In the data folder: a killed server leaves nothing in /dev/shm.
            "dynamic_shared_memory_type=mmap",
            "log_line_prefix=%m [%p] %d ",
            "log_error_verbosity=terse",  # as deploy/compose.yml: a DETAIL holds people's data
            *self.options,
        ]
        with self._log.open("ab") as output:
            return spawn(
                [program("postgres"), "-D", str(self._data)] + [part for setting in settings for part in ("-c", setting)],
                environment=environment(),
                directory=self.directory,
                output=output,
                user=account,
            )

    def _initialise(self) -> list[str]:
        """The command that fills the data folder."""
        return [
            program("initdb"),
            f"--pgdata={self._data}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",  # only the making of the empty cluster; the server itself does fsync
        ]

    def _answers(self) -> bool:
        if not accepts(self.port):
            return False
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:  # "the database system is starting up"
            return False
        return True

    def _logs(self) -> list[Path]:
        return [self._log]

    def _after_end(self) -> None:
        """Free the shared memory segment that a killed server leaves in the kernel.

        Only once nobody is attached: PostgreSQL itself tells by it that no old backend still writes.
        """
        pid_file = self._data / "postmaster.pid"
        try:
            segment = pid_file.read_text(encoding="ascii").splitlines()[6].split()[1]
        except (OSError, IndexError):
            return  # ended by itself, or was killed before it had one
        if wait_until(lambda: _attached(segment) == 0, 10):
            subprocess.run(["ipcrm", "-m", segment], check=False, capture_output=True)
            pid_file.unlink()


def _attached(segment: str) -> int:
    """How many processes use a System V shared memory segment; 0 when there is none of this id."""
    for line in Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]:
        columns = line.split()
        if columns[1] == segment:
            return int(columns[6])
    return 0

"""A private PostgreSQL with the durability of a real one (fsync and synchronous commit are on)."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from services.chassis.testing.node import Node
from services.chassis.testing.processes import NodeError, Process, accepts, find_program, spawn, wait_until

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

    def _run(self, statement: LiteralString, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    # The process

    def _launch(self) -> Process:
        account = _account()
        if not (self._data / "PG_VERSION").exists():
            self._initialise(account)
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",  # 127.0.0.1 alone: no socket file to leave behind
            "max_connections=200",
            "shared_buffers=128MB",
            # In the data folder: a killed server leaves nothing in /dev/shm.
            "dynamic_shared_memory_type=mmap",
            "log_line_prefix=%m [%p] %d ",
            *self.options,
        ]
        with self._log.open("ab") as output:
            return spawn(
                [_program("postgres"), "-D", str(self._data)] + [part for setting in settings for part in ("-c", setting)],
                environment=_environment(),
                directory=self.directory,
                output=output,
                user=account,
            )

    def _initialise(self, account: str | None) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # a first start that was broken off
        self._data.mkdir()
        if account:
            self.directory.chmod(0o755)
            os.chown(self._data, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)
            _require_reachable(self._data, account)
        command = [
            _program("initdb"),
            f"--pgdata={self._data}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",  # only the making of the empty cluster; the server itself does fsync
        ]
        with self._log.open("ab") as output:
            process = spawn(command, environment=_environment(), directory=self.directory, output=output, user=account)
        if process.wait(timeout=120) != 0:
            raise self._failure("could not be initialised (initdb failed)")

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


def _account() -> str | None:
    """The account to run as: None for our own, a name when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NodeError("PostgreSQL refuses to run as root and there is no account `postgres`")


def _require_reachable(folder: Path, account: str) -> None:
    check = ["setpriv", f"--reuid={account}", f"--regid={account}", "--init-groups"]
    if subprocess.run([*check, "test", "-w", str(folder)], check=False).returncode != 0:
        raise NodeError(
            f"the account {account}, which runs PostgreSQL for root, cannot reach {folder}: "
            "choose a folder whose parents all have the permission o+x (pytest's tmp_path has not)"
        )


def _program(name: str) -> str:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    return find_program(name, package="postgresql", folders=versions)


def _environment() -> dict[str, str]:
    """Only what it needs: a PGDATA or PGOPTIONS of the developer's shell must not reach it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

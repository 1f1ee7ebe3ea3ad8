"""A private PgBouncer before a private PostgreSQL, in transaction mode."""

from __future__ import annotations

import signal
from pathlib import Path

import psycopg

from services.chassis.testing import postgres_programs
from services.chassis.testing.node import Node
from services.chassis.testing.postgres_node import SUPERUSER, PostgresNode
from services.chassis.testing.postgres_programs import environment, make_folder
from services.chassis.testing.processes import Process, find_program, spawn

_CONFIGURATION = """\
[databases]
* = host=127.0.0.1 port={target} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = {user}
pool_mode = {mode}
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
server_round_robin = 1
query_wait_timeout = 5
"""


class PgBouncerNode(Node):
    """Leads to the databases of ``target``, without passwords.

    :param mode: ``transaction``, or ``session``.
    """

    title = "PgBouncer"
    stop_signal = signal.SIGTERM  # at once: its clients lose their connections

    def __init__(self, directory: Path, target: PostgresNode, *, mode: str = "transaction") -> None:
        super().__init__(directory)
        self.target = target
        self.mode = mode
        self._log = self.directory / "pgbouncer.log"
        self._folder = self.directory / "pgbouncer"

    def dsn(self, database: str) -> str:
        """The SQLAlchemy URL of one of the target's databases through here."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def command(self, command: str) -> None:
        """Run a command of the console: ``RECONNECT`` opens all server connections anew, ``KILL name`` drops a database's."""
        with self._console() as connection:
            connection.execute(command.encode())

    def _console(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="pgbouncer", connect_timeout=5, autocommit=True
        )

    def _launch(self) -> Process:
        account = postgres_programs.account()
        make_folder(self._folder, account)
        configuration = self.directory / "pgbouncer.ini"
        configuration.write_text(
            _CONFIGURATION.format(target=self.target.port, port=self.port, user=SUPERUSER, mode=self.mode), encoding="ascii"
        )
        command = [find_program("pgbouncer", package="pgbouncer", folders=["/usr/sbin"]), "--quiet", str(configuration)]
        with self._log.open("ab") as output:
            return spawn(command, environment=environment(), directory=self._folder, output=output, user=account)

    def _answers(self) -> bool:
        try:
            self.command("SHOW VERSION")
        except psycopg.OperationalError:
            return False
        return True

    def _logs(self) -> list[Path]:
        return [self._log]

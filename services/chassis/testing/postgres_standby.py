"""A standby of a private PostgreSQL: a copy that follows by streaming replication and can be promoted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from services.chassis.testing.postgres_node import SUPERUSER, PostgresNode
from services.chassis.testing.postgres_programs import program
from services.chassis.testing.processes import NodeError, wait_until

_PROMOTE_SECONDS = 30


class StandbyNode(PostgresNode):
    """Follows ``primary``, which must run when this one is started for the first time. Takes no writes until ``promote``."""

    title = "PostgreSQL standby"

    def __init__(self, directory: Path, primary: PostgresNode, *, options: Iterable[str] = ()) -> None:
        super().__init__(directory, options=options)
        self._primary = primary

    def make_synchronous(self) -> None:
        """Have the primary answer a commit only when it is here too, so that nothing is lost when it dies.

        :raises NodeError: if the standby does not follow within half a minute.
        """
        self._primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self._primary.execute("SELECT pg_reload_conf()")
        follows = "SELECT sync_state FROM pg_stat_replication"
        if not wait_until(lambda: self._primary.execute(follows) == [("sync",)], _PROMOTE_SECONDS):
            raise NodeError(f"{self.title} on port {self.port} does not follow: {self._primary.execute(follows)}")

    def promote(self) -> None:
        """Make this one the primary; returns when it takes writes."""
        self.execute(f"SELECT pg_promote(true, {_PROMOTE_SECONDS})")

    def _initialise(self) -> list[str]:
        return [
            program("pg_basebackup"),
            f"--pgdata={self._data}",
            f"--dbname=host=127.0.0.1 port={self._primary.port} user={SUPERUSER}",
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
        ]

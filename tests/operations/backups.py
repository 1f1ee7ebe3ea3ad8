"""Backups of one service's database as operations make them: `pg_dump`, and PITR from a base backup and the WAL archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from services.chassis.testing import PostgresNode
from services.chassis.testing import postgres_programs as programs
from services.chassis.testing.processes import wait_until
from tests.operations.site import Servers

_SECONDS = 120.0
_RECOVERED = "SELECT NOT pg_is_in_recovery()"


class Backup(Protocol):
    """What a backup can do; `name` for the figures."""

    name: str

    def restore(self, database: str) -> None:
        """Put the database back as it was when the backup was made; its sessions end."""


@contextmanager
def archive_folder() -> Iterator[Path]:
    """Yield a folder for a WAL archive, which the account that runs PostgreSQL may write into; it goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="vss-archive-") as name:
        folder = Path(name)
        if owner := programs.account():
            shutil.chown(folder, owner)
        yield folder


def archiving(folder: Path) -> list[str]:
    """Return the settings of a server that archives its WAL into ``folder``, as the runbook has them."""
    return [
        "archive_mode=on",
        f"archive_command=test ! -f {folder}/%f && cp %p {folder}/%f",
        "archive_timeout=60",
        "wal_level=replica",
    ]


class Dump:
    """One database as `pg_dump -Fc` writes it."""

    name = "pg_dump"

    def __init__(self, on: Servers, database: str) -> None:
        self._node = on.postgres
        self._file = on.folder / f"{database}.dump"
        _run("pg_dump", "-Fc", f"--file={self._file}", *_at(self._node, database))

    def restore(self, database: str) -> None:
        _restore_into(self._node, database, self._file)


class PointInTime:
    """A base backup, and the moment up to which the archived WAL is applied to a server beside ours; then the database moves over."""

    name = "pitr"

    def __init__(self, on: Servers, archive: Path) -> None:
        self._node, self._archive = on.postgres, archive
        self._base, self._beside = on.folder / "base", on.folder / "beside"
        _run("pg_basebackup", f"--pgdata={self._base}", "--wal-method=stream", "--checkpoint=fast", *_at(self._node))
        time.sleep(0.1)
        ((self._moment,),) = self._node.execute("SELECT clock_timestamp()::text")

    def restore(self, database: str) -> None:
        # whatever was written since must be in the archive, or it could not be left out knowingly
        ((last,),) = self._node.execute("SELECT pg_walfile_name(pg_switch_wal())")
        assert wait_until((self._archive / str(last)).exists, _SECONDS), f"{last} was not archived"
        beside = PostgresNode(
            self._beside,
            options=[
                f"restore_command=cp {self._archive}/%f %p",
                f"recovery_target_time={self._moment}",
                "recovery_target_action=promote",
            ],
        )
        beside.directory.mkdir(parents=True)
        data = beside.directory / "data"
        shutil.copytree(self._base, data)
        (data / "recovery.signal").touch()
        _give_to_server(data)
        beside.start()
        try:
            assert wait_until(lambda: beside.execute(_RECOVERED) == [(True,)], _SECONDS), "recovery did not end"
            file = self._beside / "moved.dump"
            _run("pg_dump", "-Fc", f"--file={file}", *_at(beside, database))
            _restore_into(self._node, database, file)
        finally:
            beside.kill()
            shutil.rmtree(self._beside)


def _restore_into(node: PostgresNode, database: str, file: Path) -> None:
    node.create_database(database)
    _run("pg_restore", "--exit-on-error", *_at(node, database), str(file))


def _at(node: PostgresNode, database: str | None = None) -> list[str]:
    where = ["--host=127.0.0.1", f"--port={node.port}", "--username=postgres"]
    return [*where, f"--dbname={database}"] if database else where


def _run(name: str, *arguments: str) -> None:
    subprocess.run(
        [programs.program(name), *arguments], env=programs.environment(), check=True, timeout=_SECONDS, capture_output=True
    )


def _give_to_server(folder: Path) -> None:
    if owner := programs.account():
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, owner)
        folder.chmod(0o700)
    os.sync()

"""Migrate a database in a program of its own: what alembic imports (9 MiB) is then in no service's memory.

    echo "$DATABASE_URL" | python -m services.chassis.database.migrate services/registration/migrations

Exit codes: 0 done, 3 a step failed (stdout says which), 75 the database is away.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from services.chassis.database.database import Database
from services.chassis.errors import StartUpError, Transient

_FAILED = 3


def migrate_in_subprocess(database: Database, scripts: Path | None = None) -> None:
    """Do what ``database.migrate(scripts)`` does, in a process that ends with it. Start none if nothing is to be done.

    :raises StartUpError: if a step fails, or the process dies; the database is then as before that step.
    :raises NotMigrated: if our user does not own the tables: somebody else migrates them.
    :raises Transient: if the database went away meanwhile.
    """
    if database.is_migrated(scripts):
        return
    database.must_be_migratable()
    done = subprocess.run(
        [sys.executable, "-m", __name__, *([str(scripts)] if scripts else [])],
        # not an argument: every user of the machine sees those
        input=database.direct_url.render_as_string(hide_password=False),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == os.EX_TEMPFAIL:
        raise Transient(done.stdout.strip())
    if done.returncode:
        raise StartUpError(done.stdout.strip() if done.returncode == _FAILED else "the migration died half-way")


def main(arguments: list[str]) -> int:
    """Migrate the database whose URL is on stdin."""
    # whoever stops the service meanwhile (Ctrl-C reaches both) is heard when the migration is done
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    try:
        Database(sys.stdin.read().strip()).migrate(*map(Path, arguments))
    except (Transient, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        sys.stdout.write(str(reason).strip().partition("\n")[0])
        return os.EX_TEMPFAIL
    except StartUpError as error:
        sys.stdout.write(str(error))
        return _FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

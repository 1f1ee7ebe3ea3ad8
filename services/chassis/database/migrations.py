"""Which steps a database has had, and taking the others.

alembic and what it imports are 9 MiB, for work of a second that most starts do not have. So whether there is any is found without
it, and a service's process leaves the work to another (`migrate.py`), which takes that memory along when it ends.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from services.chassis.errors import StartUpError

_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision = (?:"(\w+)"|None)$', re.MULTILINE)


def is_newest(connection: sa.Connection, steps: Mapping[str, Path]) -> bool:
    """Whether each of the tables of versions in ``steps`` has the last of the steps in its folder.

    False also where it cannot be told without alembic, which then says what is wrong.
    """
    tables = set(sa.inspect(connection).get_table_names())
    for table, scripts in steps.items():
        last = last_revision(scripts)
        if last is None or table not in tables:
            return False
        if connection.scalars(sa.select(sa.column("version_num")).select_from(sa.table(table))).all() != [last]:
            return False
    return True


def last_revision(scripts: Path) -> str | None:
    """The revision that none comes after; None if the files do not say it plainly."""
    revisions, before = set(), set()
    for script in (scripts / "versions").glob("*.py"):
        text = script.read_text("utf-8")
        revision, down = _REVISION.search(text), _DOWN_REVISION.search(text)
        if revision is None or down is None:
            return None
        revisions.add(revision[1])
        before.add(down[1])
    last = revisions - before
    return last.pop() if len(last) == 1 else None


def upgrade(connection: sa.Connection, scripts: Path, version_table: str) -> None:
    """Take the steps that are left.

    :raises StartUpError: if one fails, with its reason as the cause.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(scripts))

    def steps(revision: Any, _context: Any) -> Any:
        return directory._upgrade_revs("head", revision)  # noqa: SLF001  # alembic 1.20 has no public name for it

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=None, version_table=version_table)
        try:
            environment.run_migrations()
        except exc.SQLAlchemyError as error:
            raise StartUpError(
                f"migration of {scripts.parent.name} failed ({type(error).__name__}): nothing of this step was kept"
            ) from error

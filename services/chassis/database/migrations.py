"""Which steps a database has had, and taking the others.

A database is one of two parts, the chassis' tables and the service's. Each has a table of one row (``chassis_schema``,
``service_schema``): the revision it is at, and the oldest revision that a program must know to work with it. A program that meets
a revision it does not know meets the work of a newer release, and serves: steps only add (decision 27). A step that takes away
what the release before its own still uses names, as ``contract``, the step that made it unnecessary; programs that do not know
that one then refuse to start.

Releases 0.1 and 0.2 stop at a revision they do not know, so the tables they read (``chassis_version``, ``service_version``) stay
where such a release has left them; in a new database they say how far 0.2 knows its way (``last_step_of``). To be removed when nobody
goes back to them.

alembic and what it imports are 9 MiB, for work of a second that most starts do not have. So whether there is any is found without
it, and a service's process leaves the work to another (`migrate.py`), which takes that memory along when it ends.
"""

import re
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc

from services.chassis.errors import StartUpError

_CHASSIS = Path(__file__).parents[1] / "migrations"
_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision = (?:"(\w+)"|None)$', re.MULTILINE)
_LAST_OF_0_2 = re.compile(r'^last_step_of = "0\.2"$', re.MULTILINE)


class State(Enum):
    """How a part of a database stands to a program."""

    BEHIND = "behind"
    CURRENT = "current"
    #: a newer release has been here
    NEWER = "newer"


class Part(NamedTuple):
    """One part of a database and its folder of steps."""

    name: str
    scripts: Path

    @property
    def table(self) -> sa.Table:
        return sa.Table(
            f"{self.name}_schema",
            sa.MetaData(),
            # as alembic makes and fills it
            sa.Column("version_num", sa.String(32), primary_key=True),
            # the oldest revision that a program must know
            sa.Column("oldest", sa.String(32)),
        )

    @property
    def old_table(self) -> str:
        """What releases 0.1 and 0.2 read."""
        return f"{self.name}_version"


class Steps(NamedTuple):
    """What the files of a folder say; ``last`` is None if they do not say it plainly."""

    revisions: frozenset[str]
    last: str | None
    last_of_0_2: str | None


def parts(scripts: Path | None) -> list[Part]:
    """The chassis' part, then the service's, if it has a folder of steps."""
    return [Part("chassis", _CHASSIS), *([Part("service", scripts)] if scripts else [])]


def steps_in(scripts: Path) -> Steps:
    """Read the revisions of a folder without alembic."""
    revisions, before = set(), set()
    last_of_0_2 = None
    for script in (scripts / "versions").glob("*.py"):
        text = script.read_text("utf-8")
        revision, down = _REVISION.search(text), _DOWN_REVISION.search(text)
        if revision is None or down is None:
            return Steps(frozenset(), None, None)
        revisions.add(revision[1])
        before.add(down[1])
        if _LAST_OF_0_2.search(text):
            last_of_0_2 = revision[1]
    last = revisions - before
    return Steps(frozenset(revisions), last.pop() if len(last) == 1 else None, last_of_0_2)


def revision_of(connection: sa.Connection, part: Part) -> str | None:
    """The revision that this part of the database is at, None before its first step."""
    if not sa.inspect(connection).has_table(part.table.name):
        return None
    return connection.scalar(sa.select(part.table.c.version_num))


def state_of(connection: sa.Connection, part: Part) -> State:
    """How this part of the database stands to this program. BEHIND also where only alembic can tell.

    :raises StartUpError: if a newer release has taken away what this program needs.
    """
    revision, steps = revision_of(connection, part), steps_in(part.scripts)
    if revision is None or steps.last is None:
        return State.BEHIND
    if revision in steps.revisions:
        return State.CURRENT if revision == steps.last else State.BEHIND
    oldest = connection.scalar(sa.select(part.table.c.oldest))
    if oldest is not None and oldest not in steps.revisions:
        raise StartUpError(
            f"the database is at revision {revision} of the {part.name}'s tables, for programs that know revision {oldest}; this "
            f"one knows up to {steps.last}. Start a release that does, or restore a backup from before (docs/releasing.md)"
        )
    return State.NEWER


def newer_parts(connection: sa.Connection, scripts: Path | None) -> str | None:
    """Say, in a sentence for operators, which parts a newer release has migrated; None if none.

    :raises StartUpError: as ``state_of`` does.
    """
    newer = [
        f"{part.name} {revision_of(connection, part)} (known here: {steps_in(part.scripts).last})"
        for part in parts(scripts)
        if state_of(connection, part) is State.NEWER
    ]
    return f"a newer release has migrated the database: {', '.join(newer)}. This one serves on it" if newer else None


def upgrade(connection: sa.Connection, part: Part) -> None:
    """Take the steps that are left.

    :raises StartUpError: if one fails, with its reason as the cause.
    """
    if not sa.inspect(connection).has_table(part.table.name):
        _begin(connection, part)
    _take_steps(connection, part.scripts, part.table.name, "head")


def _begin(connection: sa.Connection, part: Part) -> None:
    """Make the table of this part's revision, beside that of releases 0.1 and 0.2: theirs as they left it, or as 0.2 would have left it."""
    last_of_0_2 = steps_in(part.scripts).last_of_0_2
    if last_of_0_2 is not None and _old_revision(connection, part) is None:
        _take_steps(connection, part.scripts, part.old_table, last_of_0_2)
    part.table.create(connection)
    if (known := _old_revision(connection, part)) is not None:
        connection.execute(sa.insert(part.table).values(version_num=known))


def _old_revision(connection: sa.Connection, part: Part) -> str | None:
    if not sa.inspect(connection).has_table(part.old_table):
        return None
    revision: str | None = connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(part.old_table)))
    return revision


def _take_steps(connection: sa.Connection, scripts: Path, version_table: str, to: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(scripts))

    def steps(revision: Any, _context: Any) -> Any:
        return directory._upgrade_revs(to, revision)  # noqa: SLF001  # alembic 1.20 has no public name for it

    def note_contract(step: Any, **_more: Any) -> None:
        contract = getattr(step.up_revision.module, "contract", None)
        if contract is not None:
            table = sa.table(version_table, sa.column("oldest"))
            connection.execute(sa.update(table).values(oldest=contract))

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=None,
            version_table=version_table,
            on_version_apply=note_contract,  # type: ignore[arg-type]  # called by names only
        )
        try:
            environment.run_migrations()
        except exc.SQLAlchemyError as error:
            raise StartUpError(
                f"migration of {scripts.parent.name} failed ({type(error).__name__}): nothing of this step was kept"
            ) from error

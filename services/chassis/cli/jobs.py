"""``vss jobs``: the calls to the outside world of a service (law 3), as an operator looks at them and brings them back.

What a job is about is never shown: that is somebody's data. Exit codes: 0 done, 1 something
remains, 2 asked for wrongly, 3 no database.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from services.chassis.cli.speaking import Code, clean, err, fail, out, plainly
from services.chassis.database import Database, ServiceSession
from services.chassis.discovery import load
from services.chassis.errors import Permanent
from services.chassis.jobs import Seen, State, counts, look
from services.chassis.jobs import retry as bring_back
from services.chassis.settings import settings_class

app = typer.Typer(
    name="jobs",
    no_args_is_help=True,
    help="Calls to the outside world: what waits, what was given up and why; bring it back. "
    "Works on the database of the service's DATABASE_URL.",
)

_Service = Annotated[str, typer.Option("--service", "-s", help="A service by name, or as module:Class.", metavar="SERVICE")]
_Kind = Annotated[str | None, typer.Option(help="Only calls of this kind.", metavar="KIND")]
_Reason = Annotated[str | None, typer.Option(help="Only those given up for this: permanent, tries_used_up, worker_lost.")]
_MOST = 10_000


@app.command("list")
@plainly()
def list_(
    service: _Service,
    kind: _Kind = None,
    state: Annotated[State, typer.Option(help="Only jobs in this state.")] = State.GIVEN_UP,
    reason: _Reason = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=_MOST)] = 50,
) -> None:
    """The newest jobs in a state (given up, unless told otherwise), and how many of each kind there are in each."""
    database = _database(service)
    with _asked(database) as session:
        total = counts(session)
        found = _fitting(look(session, kind=kind, state=state, limit=_MOST if reason else limit), reason)[:limit]
    overview = Table("Kind", *(each.value for each in State), box=box.SIMPLE_HEAD, pad_edge=False)
    for name in sorted({name for name, _ in total}):
        overview.add_row(name, *(str(total.get((name, each), 0)) for each in State))
    out().print(overview)
    table = Table("Id", "Kind", "Added", "Ended", "Tries", "Why", "Last error", box=box.SIMPLE_HEAD, pad_edge=False)
    for job in found:
        table.add_row(
            str(job.id),
            job.kind,
            f"{job.added_at:%Y-%m-%d %H:%M:%S}",
            f"{job.ended_at:%Y-%m-%d %H:%M:%S}" if job.ended_at else "",
            str(job.attempts),
            job.reason or "",
            clean(job.last_error or ""),
        )
    out().print(table)


@app.command()
@plainly()
def retry(
    service: _Service,
    ids: Annotated[list[uuid.UUID] | None, typer.Argument(help="Jobs by their ids.", metavar="[ID]...")] = None,
    kind: _Kind = None,
    reason: _Reason = None,
    every: Annotated[bool, typer.Option("--all", help="Every job given up that fits --kind and --reason.")] = False,
) -> None:
    """Bring back jobs that were given up: all their tries are before them again. The service takes them within a second."""
    if bool(ids) == every:
        fail("Name jobs by their ids, or say --all (with --kind and --reason, if you like).", Code.USAGE)
    database = _database(service)
    if every:
        with _asked(database) as session:
            ids = [job.id for job in _fitting(look(session, kind=kind, state=State.GIVEN_UP, limit=_MOST), reason)]
    outcome: Counter[str] = Counter()
    for each in ids or ():
        try:
            with database.write() as session:
                bring_back(session, each)
            outcome["back"] += 1
        except Permanent as error:
            outcome["left"] += 1
            err().print(clean(str(error)))
    out().print(f"{outcome['back']} brought back, {outcome['left']} left as they are.")
    if outcome["left"]:
        raise typer.Exit(Code.REMAINS)


def _fitting(found: list[Seen], reason: str | None) -> list[Seen]:
    return [job for job in found if reason is None or job.reason == reason]


def _database(ref: str) -> Database:
    """The service's database; its other settings (an SMS gateway's token) may be missing here."""
    return Database(settings_class(load(ref)).read_one("database_url").reveal(), pool_size=2)


@contextmanager
def _asked(database: Database) -> Iterator[ServiceSession]:
    """A session for looking; a database that is away, or is not the service's, becomes a sentence."""
    try:
        with database.read() as session:
            yield session
    except DBAPIError:
        url = database.url.render_as_string(hide_password=True)
        fail(f"The database at {url} does not answer, or is not this service's. Is DATABASE_URL right?", Code.UNREACHABLE)

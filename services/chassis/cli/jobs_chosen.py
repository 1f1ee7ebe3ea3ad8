"""Choose jobs, and change each in a transaction of its own: what `retry`, `take-up` and `give-up` share."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.cli.console import Code, clean, err, fail, out, progress, show_json
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.errors import Permanent

Kind = Annotated[str | None, typer.Option(help="Only calls of this kind.", metavar="KIND")]
Ids = Annotated[list[uuid.UUID] | None, typer.Argument(help="Jobs by their ids.", metavar="[ID]...")]
#: jobs that one command shows or changes; whoever has more runs it again
MOST = 10_000


def choose(service: str, ids: list[uuid.UUID] | None, *, every: bool, option: str, **filters: Any) -> list[uuid.UUID]:
    """Return the ids given, or with `every` those of all jobs that the filters of `list_jobs` leave.

    :param option: the filter that only this command has, for the sentence that says how to use it.
    """
    if bool(ids) == every:
        fail(f"Name jobs by their ids, or say --all (with --kind, --dossier and {option}, if you like).", Code.USAGE)
    if ids:
        return ids
    with open_database(load(service)).read() as session:
        return [job.id for job in jobs.list_jobs(session, limit=MOST, **filters)]


def change_each(
    service: str,
    chosen: list[uuid.UUID],
    change: Callable[[Session, uuid.UUID], None],
    done: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Change the jobs one by one, say what became of them, and end with `Code.REMAINS` if some could not be changed.

    :param done: what happens to them, in words: "brought back".
    """
    if dry_run:
        out().print(f"{len(chosen)} would be {done}; none is: this was a dry run.")
        return
    database, changed = open_database(load(service)), 0
    with progress(done.capitalize(), len(chosen)) as advance:
        for each in chosen:
            try:
                with database.write() as session:
                    change(session, each)
                changed += 1
            except Permanent as error:
                err().print(clean(str(error)))
            advance(1)
    if as_json:
        show_json({"chosen": len(chosen), done.replace(" ", "_"): changed})
    else:
        out().print(f"{changed} {done}, {len(chosen) - changed} left as they are.")
    if changed < len(chosen):
        raise typer.Exit(Code.REMAINS)

"""``vss jobs held``, ``take-up`` and ``give-up``: what only an operator can help (docs/providers.md)."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.cli import options
from services.chassis.cli.console import Code, clean, err, fail, out, report_errors, show_json, show_rows
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.errors import Permanent

_Kind = Annotated[str | None, typer.Option(help="Only calls of this kind.", metavar="KIND")]
_Why = Annotated[str | None, typer.Option("--why", help="Only those held for this, as the column says.", metavar="WHY")]
_Ids = Annotated[list[uuid.UUID] | None, typer.Argument(help="Jobs by their ids.", metavar="[ID]...")]
_COLUMNS = ("id", "kind", "held_for", "correlation_id", "held_at", "run_after", "unknown_outcomes", "last_error")
_MOST = 10_000


@report_errors()
def held(
    *,
    service: options.Service,
    kind: _Kind = None,
    dossier: options.Dossier = None,
    why: _Why = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=_MOST)] = 50,
    as_json: options.Json = False,
) -> None:
    """The calls that are held because the other side refuses us, or nobody knows what it means; and how many there are."""
    with open_database(load(service)).read() as session:
        counted = jobs.held(session)
        found = jobs.list_jobs(session, kind=kind, correlation_id=dossier, held_for=why, held=True, limit=limit)
    rows = [{name: value for name, value in asdict(job).items() if name in _COLUMNS} for job in found]
    numbers = [{"kind": name, "held_for": reason, "jobs": number} for (name, reason), number in sorted(counted.items())]
    if as_json:
        show_json({"counts": numbers, "jobs": rows})
    elif not rows:
        out().print("Nothing is held" + (f" about {clean(dossier)}." if dossier else "."))
    else:
        show_rows(numbers, ("kind", "held_for", "jobs"))
        show_rows(rows, _COLUMNS)


@report_errors()
def take_up(
    ids: _Ids = None,
    *,
    service: options.Service,
    kind: _Kind = None,
    dossier: options.Dossier = None,
    why: _Why = None,
    every: options.All = False,
    another_copy: Annotated[
        bool,
        typer.Option(
            "--another-copy", help="Let it be sent once more, although nobody knows what became of the copies before."
        ),
    ] = False,
    dry_run: options.DryRun = False,
) -> None:
    """Make held calls at once, now that what was wrong has been mended. One that is still refused stays held."""
    chosen = _chosen(service, ids, every=every, kind=kind, dossier=dossier, why=why)
    _change(service, chosen, lambda s, id_: jobs.take_up(s, id_, another_copy=another_copy), "taken up", dry_run=dry_run)


@report_errors()
def give_up(
    ids: _Ids = None,
    *,
    service: options.Service,
    kind: _Kind = None,
    dossier: options.Dossier = None,
    why: _Why = None,
    every: options.All = False,
    dry_run: options.DryRun = False,
) -> None:
    """Have held calls given up: whoever waits for them is told so. `vss jobs retry` still brings them back."""
    chosen = _chosen(service, ids, every=every, kind=kind, dossier=dossier, why=why)
    _change(service, chosen, jobs.give_up_held, "to be given up", dry_run=dry_run)


def _chosen(service: str, ids: list[uuid.UUID] | None, *, every: bool, **filters: Any) -> list[uuid.UUID]:
    if bool(ids) == every:
        fail("Name jobs by their ids, or say --all (with --kind, --dossier and --why, if you like).", Code.USAGE)
    if ids:
        return ids
    with open_database(load(service)).read() as session:
        found = jobs.list_jobs(
            session, kind=filters["kind"], correlation_id=filters["dossier"], held_for=filters["why"], held=True, limit=_MOST
        )
    return [job.id for job in found]


def _change(
    service: str, chosen: list[uuid.UUID], change: Callable[[Session, uuid.UUID], None], done: str, *, dry_run: bool
) -> None:
    if dry_run:
        out().print(f"{len(chosen)} would be {done}; none is: this was a dry run.")
        return
    database, changed = open_database(load(service)), 0
    for each in chosen:
        try:
            with database.write() as session:
                change(session, each)
            changed += 1
        except Permanent as error:
            err().print(clean(str(error)))
    out().print(f"{changed} {done}, {len(chosen) - changed} left as they are.")
    if changed < len(chosen):
        raise typer.Exit(Code.REMAINS)

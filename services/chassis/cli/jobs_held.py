"""``vss jobs held``, ``take-up`` and ``give-up``: what only an operator can help (docs/providers.md)."""

import uuid
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from services.chassis import jobs
from services.chassis.cli import options
from services.chassis.cli.console import clean, out, report_errors, show_json, show_rows
from services.chassis.cli.jobs_chosen import MOST, Ids, Kind, change_each, choose
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load

_Why = Annotated[str | None, typer.Option("--why", help="Only those held for this, as the column says.", metavar="WHY")]
_COLUMNS = ("id", "kind", "held_for", "correlation_id", "held_at", "run_after", "unknown_outcomes", "last_error")


@report_errors()
def held(
    *,
    service: options.Service,
    kind: Kind = None,
    dossier: options.Dossier = None,
    why: _Why = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=MOST)] = 50,
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
    ids: Ids = None,
    *,
    service: options.Service,
    kind: Kind = None,
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
    as_json: options.Json = False,
) -> None:
    """Make held calls at once, now that what was wrong has been mended. One that is still refused stays held."""
    chosen = _choose(service, ids, every=every, kind=kind, dossier=dossier, why=why)
    change = partial(jobs.take_up, another_copy=another_copy)
    change_each(service, chosen, change, "taken up", dry_run=dry_run, as_json=as_json)


@report_errors()
def give_up(
    ids: Ids = None,
    *,
    service: options.Service,
    kind: Kind = None,
    dossier: options.Dossier = None,
    why: _Why = None,
    every: options.All = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Have held calls given up: whoever waits for them is told so. `vss jobs retry` still brings them back."""
    chosen = _choose(service, ids, every=every, kind=kind, dossier=dossier, why=why)
    change_each(service, chosen, jobs.give_up_held, "to be given up", dry_run=dry_run, as_json=as_json)


def _choose(
    service: str, ids: list[uuid.UUID] | None, *, every: bool, kind: str | None, dossier: str | None, why: str | None
) -> list[uuid.UUID]:
    filters = {"kind": kind, "correlation_id": dossier, "held_for": why, "held": True}
    return choose(service, ids, every=every, option="--why", **filters)

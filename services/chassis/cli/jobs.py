"""``vss jobs``: the calls to the outside world of a service (law 3): look at them, bring them back.

What a job is about is never shown: that is somebody's data. Exit codes: 0 done, 1 something remains, 2 asked for wrongly,
3 no database.
"""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from services.chassis.cli import jobs_held, options
from services.chassis.cli.console import Code, clean, err, fail, out, progress, report_errors, show_json, show_rows
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.errors import Permanent
from services.chassis.jobs import State, counts, list_jobs
from services.chassis.jobs import retry as bring_back

app = typer.Typer(
    name="jobs",
    no_args_is_help=True,
    help="Calls to the outside world: what waits, what was given up and why; bring it back. "
    "Works on the database of the service's DATABASE_URL. "
    "Exit codes: 0 done, 1 something remains, 2 asked for wrongly, 3 no database.",
)

app.command("held")(jobs_held.held)
app.command("take-up")(jobs_held.take_up)
app.command("give-up")(jobs_held.give_up)

_Kind = Annotated[str | None, typer.Option(help="Only calls of this kind.", metavar="KIND")]
_Reason = Annotated[str | None, typer.Option(help="Only those given up for this: permanent, tries_used_up, worker_lost.")]
_MOST = 10_000
_COLUMNS = ("id", "kind", "state", "correlation_id", "added_at", "run_after", "ended_at", "attempts", "reason", "last_error")


@app.command("list")
@report_errors()
def list_(
    *,
    service: options.Service,
    kind: _Kind = None,
    dossier: options.Dossier = None,
    state: Annotated[
        State | None,
        typer.Option(help="Only jobs in this state; of a dossier all, else those given up.", show_default=False),
    ] = None,
    reason: _Reason = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=_MOST)] = 50,
    as_json: options.Json = False,
) -> None:
    """The newest jobs in a state, or of a dossier; and how many of each kind there are in each state."""
    wanted = state or (None if dossier else State.GIVEN_UP)
    with open_database(load(service)).read() as session:
        total = counts(session)
        found = list_jobs(session, kind=kind, correlation_id=dossier, state=wanted, reason=reason, limit=limit)
    rows = [{name: value for name, value in asdict(job).items() if name in _COLUMNS} for job in found]
    if as_json:
        numbers = [{"kind": name, "state": each.value, "jobs": number} for (name, each), number in sorted(total.items())]
        show_json({"counts": numbers, "jobs": rows})
        return
    if kinds := sorted({name for name, _ in total}):
        show_rows(
            ({"kind": name, **{each: total.get((name, each), 0) for each in State}} for name in kinds), ("kind", *State)
        )
    if rows:
        show_rows(rows, _COLUMNS)
    else:
        out().print("No such jobs" + (f" about {clean(dossier)}." if dossier else "."))


@app.command()
@report_errors()
def retry(
    ids: Annotated[list[uuid.UUID] | None, typer.Argument(help="Jobs by their ids.", metavar="[ID]...")] = None,
    *,
    service: options.Service,
    kind: _Kind = None,
    dossier: options.Dossier = None,
    reason: _Reason = None,
    every: options.All = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Bring back jobs that were given up: all their tries are before them again. The service takes them within a second."""
    if bool(ids) == every:
        fail("Name jobs by their ids, or say --all (with --kind, --dossier and --reason, if you like).", Code.USAGE)
    database = open_database(load(service))
    if every:
        with database.read() as session:
            found = list_jobs(session, kind=kind, correlation_id=dossier, state=State.GIVEN_UP, reason=reason, limit=_MOST)
        ids = [job.id for job in found]
    chosen, back = ids or [], 0
    if dry_run:
        out().print(f"{len(chosen)} would be brought back; none is: this was a dry run.")
        return
    with progress("Brought back", len(chosen)) as advance:
        for each in chosen:
            try:
                with database.write() as session:
                    bring_back(session, each)
                back += 1
            except Permanent as error:
                err().print(clean(str(error)))
            advance(1)
    if as_json:
        show_json({"chosen": len(chosen), "brought_back": back})
    else:
        out().print(f"{back} brought back, {len(chosen) - back} left as they are.")
    if back < len(chosen):
        raise typer.Exit(Code.REMAINS)

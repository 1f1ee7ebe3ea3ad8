"""``vss jobs``: the calls to the outside world of a service (law 3): look at them, bring them back.

What a job is about is never shown: that is somebody's data. Exit codes: 0 done, 1 something remains, 2 asked for wrongly,
3 no database.
"""

from dataclasses import asdict
from typing import Annotated

import typer

from services.chassis.cli import jobs_held, options
from services.chassis.cli.console import clean, out, report_errors, show_json, show_rows
from services.chassis.cli.jobs_chosen import MOST, Ids, Kind, change_each, choose
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
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

_Reason = Annotated[str | None, typer.Option(help="Only those given up for this: permanent, tries_used_up, worker_lost.")]
_COLUMNS = ("id", "kind", "state", "correlation_id", "added_at", "run_after", "ended_at", "attempts", "reason", "last_error")


@app.command("list")
@report_errors()
def list_(
    *,
    service: options.Service,
    kind: Kind = None,
    dossier: options.Dossier = None,
    state: Annotated[
        State | None,
        typer.Option(help="Only jobs in this state; of a dossier all, else those given up.", show_default=False),
    ] = None,
    reason: _Reason = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=MOST)] = 50,
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
    ids: Ids = None,
    *,
    service: options.Service,
    kind: Kind = None,
    dossier: options.Dossier = None,
    reason: _Reason = None,
    every: options.All = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Bring back jobs that were given up: all their tries are before them again. The service takes them within a second."""
    filters = {"kind": kind, "correlation_id": dossier, "state": State.GIVEN_UP, "reason": reason}
    chosen = choose(service, ids, every=every, option="--reason", **filters)
    change_each(service, chosen, bring_back, "brought back", dry_run=dry_run, as_json=as_json)

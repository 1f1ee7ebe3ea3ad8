"""``vss jobs``: the calls to the outside world of a service (law 3): look at them, bring them back.

What a job is about is never shown: that is somebody's data. Exit codes: 0 done, 1 something remains, 2 asked for wrongly,
3 no database.
"""

import json
import uuid
from datetime import datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from services.chassis.cli.console import Code, clean, err, fail, out, progress, report_errors
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.errors import Permanent
from services.chassis.jobs import JobView, State, counts, list_jobs
from services.chassis.jobs import retry as bring_back

app = typer.Typer(
    name="jobs",
    no_args_is_help=True,
    help="Calls to the outside world: what waits, what was given up and why; bring it back. "
    "Works on the database of the service's DATABASE_URL. "
    "Exit codes: 0 done, 1 something remains, 2 asked for wrongly, 3 no database.",
)

_Service = Annotated[str, typer.Option("--service", "-s", help="A service by name, or as module:Class.", metavar="SERVICE")]
_Kind = Annotated[str | None, typer.Option(help="Only calls of this kind.", metavar="KIND")]
_Reason = Annotated[str | None, typer.Option(help="Only those given up for this: permanent, tries_used_up, worker_lost.")]
_Dossier = Annotated[
    str | None, typer.Option("--dossier", "--subject", help="Only those of this dossier or complaint.", metavar="NUMBER")
]
_Json = Annotated[bool, typer.Option("--json", help="For scripts.")]
_MOST = 10_000
_SHOWN = ("id", "kind", "state", "added_at", "run_after", "ended_at", "attempts", "reason", "last_error", "correlation_id")


@app.command("list")
@report_errors()
def list_(
    *,
    service: _Service,
    kind: _Kind = None,
    dossier: _Dossier = None,
    state: Annotated[
        State | None,
        typer.Option(help="Only jobs in this state; of a dossier all, else those given up.", show_default=False),
    ] = None,
    reason: _Reason = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=_MOST)] = 50,
    as_json: _Json = False,
) -> None:
    """The newest jobs in a state, or of a dossier; and how many of each kind there are in each state."""
    wanted = state or (None if dossier else State.GIVEN_UP)
    with open_database(load(service)).read() as session:
        total = counts(session)
        found = list_jobs(session, kind=kind, correlation_id=dossier, state=wanted, reason=reason, limit=limit)
    if as_json:
        numbers = [{"kind": name, "state": each.value, "jobs": number} for (name, each), number in sorted(total.items())]
        jobs = [{name: _plain(getattr(job, name)) for name in _SHOWN} for job in found]
        typer.echo(json.dumps({"counts": numbers, "jobs": jobs}, indent=2, ensure_ascii=False))
        return
    overview = Table("Kind", *(each.value for each in State), box=box.SIMPLE_HEAD, pad_edge=False)
    for name in sorted({name for name, _ in total}):
        overview.add_row(name, *(str(total.get((name, each), 0)) for each in State))
    out().print(overview)
    out().print(_table(found))


@app.command()
@report_errors()
def retry(
    ids: Annotated[list[uuid.UUID] | None, typer.Argument(help="Jobs by their ids.", metavar="[ID]...")] = None,
    *,
    service: _Service,
    kind: _Kind = None,
    dossier: _Dossier = None,
    reason: _Reason = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every job given up that fits --kind, --dossier and --reason.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: _Json = False,
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
        typer.echo(json.dumps({"chosen": len(chosen), "brought_back": back}))
    else:
        out().print(f"{back} brought back, {len(chosen) - back} left as they are.")
    if back < len(chosen):
        raise typer.Exit(Code.REMAINS)


def _table(found: list[JobView]) -> Table:
    columns = ("Id", "Kind", "State", "Of", "Added", "Runs after", "Ended", "Tries", "Why", "Last error")
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for job in found:
        table.add_row(
            str(job.id),
            job.kind,
            job.state.value,
            clean(job.correlation_id or ""),
            _when(job.added_at),
            _when(job.run_after),
            _when(job.ended_at),
            str(job.attempts),
            job.reason or "",
            clean(job.last_error or ""),
        )
    return table


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment else ""


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int)) else str(value)

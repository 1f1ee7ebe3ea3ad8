"""``vss sweeps``: what a service deletes, expires or reminds of when its time has come, what is held, and letting it go on.

Exit codes: 0 done, 1 something is held (`list`), 2 asked for wrongly, 3 no database.
"""

import getpass
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.cli import options
from services.chassis.cli.console import Code, duration, err, fail, out, report_errors, show_json, show_rows
from services.chassis.cli.service_database import look_for_tables_of
from services.chassis.database import Database
from services.chassis.discovery import Service, load
from services.chassis.resources import Resources
from services.chassis.settings import settings_class
from services.chassis.sweeps import Guard, Limit, Pruning, Sweep, allowances
from services.chassis.sweeps.guard import ClockDiffers

#: no more are counted: it is the order of magnitude that an operator needs
_MOST_COUNTED = 1_000_000
_LONGEST = timedelta(days=1)

app = typer.Typer(
    no_args_is_help=True,
    help="What a service deletes, expires or reminds of by itself. Works on the database of the service's DATABASE_URL.",
)


@app.command("list")
@report_errors()
def list_(*, service: options.Service, as_json: options.Json = False) -> None:
    """Every sweep with the rows that are due now, the most that one round may take, and why it is held if it is."""
    loaded = load(service)
    rows = overview(loaded, _resources(loaded))
    if as_json:
        show_json(rows)
    else:
        show_rows(rows, ("sweep", "due", "at_most", "held", "allowed_rows", "allowed_until", "allowed_by"))
    if any(row["held"] for row in rows):
        raise typer.Exit(Code.REMAINS)


@app.command()
@report_errors(ValueError)
def allow(
    name: Annotated[str, typer.Argument(help="The sweep's name, as `vss sweeps list` shows it.", metavar="SWEEP")],
    *,
    service: options.Service,
    rows: Annotated[int, typer.Option(min=0, help="Act on so many rows in all; 0 takes back what was allowed.")],
    within: Annotated[str, typer.Option("--within", help="For how long: 30m, 2h, at most 1d.", metavar="TIME")] = "2h",
) -> None:
    """Let a held sweep act on more rows than one round may: look first why so many are due (docs/runbooks/sweep-held.md).

    Running processes see it at their next round. It does not help against clocks that differ: correct those.
    """
    loaded = load(service)
    resources = _resources(loaded)
    found = {each.name: each for each in _sweeps(loaded, resources)}
    if name not in found:
        fail(f"{loaded.name} has no sweep {name!r}. There is: {', '.join(sorted(found))}.", Code.USAGE)
    time = duration(within)
    if not timedelta(0) < time <= _LONGEST:
        raise ValueError("--within: expected more than nothing and at most 1d; allow it again if that is not enough")
    until = clock.machine_now() + time
    with resources.db.write() as session:
        Guard.of(resources).moment(session)
        allowances.allow(session, name, rows, until=until, by=getpass.getuser())
    if not rows:
        out().print(f"{name}: nothing is allowed any more")
        return
    out().print(f"{name}: {rows:,} rows until {until:%Y-%m-%d %H:%M:%SZ}")
    err().print(f"Follow it with `vss sweeps list --service {loaded.name}`.")


def overview(service: type[Service], resources: Resources[Any]) -> list[dict[str, Any]]:
    """Return a row for each sweep: what is due, the most of one round, why it is held, what is allowed."""
    guard = Guard.of(resources)
    with resources.db.read() as session:
        return [_row(session, guard, resources, each) for each in _sweeps(service, resources)]


def _resources(service: type[Service]) -> Resources[Any]:
    settings = settings_class(service).from_environment()
    clock.use_offset_file(settings.clock_offset_file)
    database = Database(settings.database_url.reveal(), pool_size=2)
    look_for_tables_of(service, database)
    return Resources(service.name, settings, database)


def _sweeps(service: type[Service], resources: Resources[Any]) -> Iterator[Sweep | Pruning]:
    """Yield what the service's processes run."""
    # here: they load nameko
    from services.chassis.bus.background import PRUNE_JOBS, Sweeps
    from services.chassis.bus.extensions import prunings
    from services.chassis.web.extension import PRUNINGS

    for part in vars(service).values():
        if isinstance(part, Sweeps):
            yield from part.of(resources)
    yield from prunings(service, resources.settings)
    yield PRUNE_JOBS
    yield from PRUNINGS


def _row(session: Session, guard: Guard, resources: Resources[Any], each: Sweep | Pruning) -> dict[str, Any]:
    due, limit = (each.due, each.limit) if isinstance(each, Sweep) else (each.old, Limit.RECORDS)
    most = guard.most(limit)
    number = guard.count(session, due(clock.now()), _MOST_COUNTED)
    allowance = allowances.find(session, each.name, clock.machine_now())
    try:
        guard.moment(session)
        held = "rows" if most is not None and number > most and allowance is None else None
    except ClockDiffers as differs:
        held = str(differs)
    return {
        "service": resources.service,
        "sweep": each.name,
        "due": number,
        "at_most": most,
        "held": held,
        "allowed_rows": allowance.rows_left if allowance else None,
        "allowed_until": allowance.until if allowance else None,
        "allowed_by": allowance.allowed_by if allowance else None,
    }

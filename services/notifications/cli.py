"""`vss sms`: the roads by which SMS go, directly on the service's database.

Commands import what they need when they run, because `vss --help` loads every service's commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.cli import options
from services.chassis.cli.console import Code, fail, report_errors, show_json, show_rows
from services.notifications.budgets.cli import app as budgets_app

if TYPE_CHECKING:
    from services.chassis.database import Database
    from services.notifications.roads.tables import Road

app = typer.Typer(
    name="sms",
    no_args_is_help=True,
    help="The roads by which SMS go, and the budgets of SMS and e-mail, on the database at NOTIFICATIONS_DATABASE_URL or DATABASE_URL. "
    "Exit codes: 0 done, 2 asked for wrongly, 3 no database.",
)
roads_app = typer.Typer(help="Shares of the two roads: now and at rest, what each did lately, and the latest shifts.")
app.add_typer(roads_app, name="roads")
app.add_typer(budgets_app, name="budgets")

_MOST_SHIFTS = 10
_ROADS = ("road", "share", "rest", "errors_1m", "known_5m", "slow_5m")
_SHIFTS = ("at", "road", "share", "why")


@roads_app.callback(invoke_without_command=True)
@report_errors()
def show(context: typer.Context, *, as_json: options.Json = False) -> None:
    """Show the shares, what each road did lately, and the latest shifts."""
    if context.invoked_subcommand is not None:
        return
    roads, shifts = _read(_open())
    if as_json:
        show_json({"roads": roads, "shifts": shifts})
        return
    show_rows(roads, _ROADS)
    if shifts:
        show_rows(shifts, _SHIFTS)


@roads_app.command("set")
@report_errors()
def set_(
    shares: Annotated[list[str], typer.Argument(help="What each road gets at rest, a hundred together: twilio=70 aws=30.")],
    *,
    at_rest_only: Annotated[
        bool,
        typer.Option(
            "--at-rest-only", help="Leave today's shares: they go there by themselves, ten points in five minutes."
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Set what each road gets at rest, and at once. A road with 0 is tried only where the other has certainly not taken an SMS."""
    from services.notifications.roads.rules import OPERATOR
    from services.notifications.roads.tables import lock_roads, set_shares

    wanted = _parsed(shares)
    database = _open()
    with database.write() as session:
        roads = lock_roads(session)
        if fault := _fault_of(wanted, roads):
            fail(fault, Code.USAGE)
        for road in roads:
            road.rest = wanted[road.name]
        if not at_rest_only:
            set_shares(session, roads, wanted, OPERATOR)
    rows, shifts = _read(database)
    if as_json:
        show_json({"roads": rows, "shifts": shifts})
    else:
        show_rows(rows, _ROADS)


def _parsed(shares: list[str]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for each in shares:
        name, _, points = each.partition("=")
        if not points.isascii() or not points.isdigit() or name in wanted:
            fail(f"{each}: expected each road once, as NAME=POINTS", Code.USAGE)
        wanted[name] = int(points)
    return wanted


def _fault_of(wanted: dict[str, int], roads: list[Road]) -> str | None:
    names = {road.name for road in roads}
    if wanted.keys() != names:
        return f"expected {' and '.join(sorted(names))}, each once"
    return None if sum(wanted.values()) == 100 else f"expected 100 points together, not {sum(wanted.values())}"


def _read(database: Database) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    import sqlalchemy as sa

    from services.chassis import clock
    from services.notifications.roads.figures import measure
    from services.notifications.roads.tables import Road, Shift

    with database.read() as session:
        roads = session.scalars(sa.select(Road).order_by(Road.name)).all()
        figures = measure(session, [road.name for road in roads], clock.now())
        latest = session.scalars(sa.select(Shift).order_by(Shift.at.desc(), Shift.id.desc()).limit(_MOST_SHIFTS)).all()
    rows = [dict(zip(_ROADS, (road.name, road.share, road.rest, *figures[road.name]), strict=True)) for road in roads]
    return rows, [{"at": each.at, "road": each.road, "share": each.share, "why": each.why} for each in latest]


def _open() -> Database:
    from services.chassis.cli.service_database import open_database
    from services.chassis.discovery import load

    return open_database(load("notifications"))

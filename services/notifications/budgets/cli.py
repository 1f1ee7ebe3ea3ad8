"""`vss sms budgets`: what the budgets of the whole country have let through, and beginning one anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.cli import options
from services.chassis.cli.console import Code, fail, report_errors, show_json, show_rows

if TYPE_CHECKING:
    from services.chassis.database import Database
    from services.notifications.budgets.rules import Budget

app = typer.Typer(
    help="Budgets of SMS and e-mail: what is used of the hour's and the day's, and how many messages are held."
)

CHANNELS = ("sms", "email")
_COLUMNS = ("channel", "budget", "hours", "used", "most", "until")


@app.callback(invoke_without_command=True)
@report_errors()
def show(context: typer.Context, *, as_json: options.Json = False) -> None:
    """Show the budgets of both channels: all, and what strangers can cause."""
    if context.invoked_subcommand is None:
        _show(as_json)


@app.command("reset")
@report_errors()
def reset_(channel: Annotated[str, typer.Argument(help="sms or email.")], *, as_json: options.Json = False) -> None:
    """Begin the channel's windows anew: what is held goes out, by itself within the hour, or at once after `vss jobs take-up`."""
    from services.notifications.budgets.counting import reset

    if channel not in CHANNELS:
        fail(f"{channel}: expected sms or email", Code.USAGE)
    with _open().write() as session:
        for budget in _budgets(channel):
            reset(session, budget)
    _show(as_json)


def _show(as_json: bool) -> None:
    from services.chassis import clock
    from services.notifications.budgets.counting import used

    rows: list[dict[str, Any]] = []
    with _open().read() as session:
        for channel in CHANNELS:
            for budget in _budgets(channel):
                so_far, until = used(session, budget, clock.now())
                values = (channel, budget.why, budget.seconds // 3600, so_far, budget.most, until)
                rows.append(dict(zip(_COLUMNS, values, strict=True)))
    if as_json:
        show_json({"budgets": rows})
    else:
        show_rows(rows, _COLUMNS)


def _budgets(channel: str) -> list[Budget]:
    """Return the channel's budgets, without the service's other settings, which may be missing where the command runs."""
    from services.notifications.budgets.rules import country_budgets
    from services.notifications.settings import Settings

    return country_budgets(
        channel,
        hourly=Settings.read_one(f"{channel}_budget_hour"),
        daily=Settings.read_one(f"{channel}_budget_day"),
        strangers_percent=Settings.read_one("strangers_percent"),
    )


def _open() -> Database:
    from services.chassis.cli.service_database import open_database
    from services.chassis.discovery import load

    return open_database(load("notifications"))

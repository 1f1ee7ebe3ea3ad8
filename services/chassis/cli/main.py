"""``vss``: the command line of the whole system."""

import importlib
import os
import sys
import warnings
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from services.chassis import discovery, tls
from services.chassis.cli import agencies, documents, facts, history, jobs, outbox, parked, sweeps, topology
from services.chassis.cli.after_restore import after_restore
from services.chassis.cli.doctor import doctor
from services.chassis.errors import ChassisError, SettingsError
from services.chassis.settings import ChassisSettings, settings_class

app = typer.Typer(
    name="vss",
    help="Services that register citizens for electronic transactions with Vietnam Social Security, and the bus between them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
app.add_typer(agencies.app, name="agencies")
app.add_typer(parked.app, name="parked")
app.add_typer(jobs.app, name="jobs")
app.add_typer(outbox.app, name="outbox")
app.add_typer(documents.app, name="documents")
app.add_typer(sweeps.app, name="sweeps")
app.add_typer(topology.app, name="topology")
app.add_typer(facts.app, name="facts")
app.add_typer(history.app, name="history")
app.command("after-restore")(after_restore)
app.command()(doctor)

_Service = Annotated[str, typer.Argument(help="A service's name, or module:Class.")]


@app.command()
def run(
    service: _Service,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the database instead of giving up after START_SECONDS.")
    ] = False,
) -> None:
    """Run one service until it is stopped (SIGTERM or Ctrl-C). Settings come from the environment."""
    command = [sys.executable, "-m", "services.chassis.bus.process", service, *(["--wait"] if wait else [])]
    # the service's process patches the standard library first thing, so it has to begin afresh
    os.execv(sys.executable, command)  # noqa: S606  # our own interpreter, no shell


@app.command()
def migrate(service: _Service) -> None:
    """Bring the service's database to its newest form. Safe to repeat.

    With MIGRATION_DATABASE_URL as the user named there, who then owns the tables; the user of DATABASE_URL gets the rights that a
    service needs, and no others. Without it as the service's own user, as a start would.
    """
    from services.chassis.database import Database

    loaded = discovery.load(service)
    # nothing else: whoever migrates needs no key of an SMS gateway
    read = settings_class(loaded).read_one
    url, owner = read("database_direct_url") or read("database_url"), read("migration_database_url")
    database = Database(url.reveal(), migration_url=owner.reveal() if owner else None)
    scripts = getattr(loaded, "migrations", None)
    database.migrate(scripts)
    Console().print(f"{loaded.name}: {url}: {database.newer_schema(scripts) or 'up to date'}", soft_wrap=True)


@app.command()
def settings(service: _Service) -> None:
    """What a service can be told through the environment, what it is told here, and what is wrong with that."""
    declared = settings_class(discovery.load(service))
    table = Table(Column("Variable", no_wrap=True), "Type", "Default", "Meaning", "Here")
    for row in declared.describe():
        table.add_row(row.name, row.type, row.default, row.meaning, row.source and f"{row.value} ({row.source})")
    Console().print(table)
    for name, near in declared.doubts():
        Console().print(f"Not read: {name}. Perhaps {near} is meant.", markup=False, soft_wrap=True)
    try:
        declared.from_environment()
    except SettingsError as error:
        Console().print(
            "Not right here:", *(f"  - {fault}" for fault in error.faults), sep="\n", markup=False, soft_wrap=True
        )


def main() -> None:
    """The console script."""
    # services given as module:Class may live in the folder one stands in
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  # sys.path wants text
    importlib.invalidate_caches()
    for commands in discovery.commands():
        app.add_typer(commands)
    try:
        tls.trust(ChassisSettings.read_one("ca_file"))
        app()
    except SettingsError as error:
        Console(stderr=True).print("The settings are not right:", *(f"  - {fault}" for fault in error.faults), sep="\n")
        sys.exit(2)
    except ChassisError as error:
        Console(stderr=True).print(str(error), soft_wrap=True)
        sys.exit(3)


if __name__ == "__main__":
    main()

"""`vss offices` and `vss units`: maintain the receiving offices that a declaration may name, and dated names of units.

Works on the database at REGISTRATION_DATABASE_URL or DATABASE_URL; a running service sees changes at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.chassis.cli.lists import AsJson, CloseOthers, DryRun, File, List, To, export_list, import_list

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(name="offices", no_args_is_help=True, help="Receiving offices (registration).")
units_app = typer.Typer(
    name="units", no_args_is_help=True, help="Dated names of provinces, districts and wards (registration; docs/units.md)."
)
apps = (app, units_app)


@app.command("import")
def import_(file: File, close_others: CloseOthers = False, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Add offices and update those whose code exists (docs/offices.md). Safe to repeat; imports the whole file or nothing."""
    import_list(file, _offices(), _database(), dry_run=dry_run, as_json=as_json, close_others=close_others)


@app.command()
def export(file: To) -> None:
    """Write the open offices as CSV, ready to edit and import, in every service that has offices."""
    export_list(file, _offices(), _database())


@app.command("list")
def list_(
    q: Annotated[str | None, typer.Argument(help="Words in code, name or address; diacritics may be left out.")] = None,
    province: Annotated[str | None, typer.Option("--province", help="Code of one of the 34 provinces.")] = None,
) -> None:
    """List the open offices."""
    from rich.console import Console
    from rich.table import Table

    from services.registration.lookup import offices

    table = Table("Code", "Name", "Province", "Address", "Phone")
    with _database().read() as session:
        for office in offices.search(session, q, province):
            table.add_row(office.code, office.name, office.province_code, office.address, office.phone)
    Console().print(table)


@units_app.command("import")
def import_units(
    file: File,
    remove_others: Annotated[
        bool, typer.Option("--remove-others", help="Remove every line that the file does not list.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give units other names or ranks from a day on (W3). Addresses that were filed keep theirs. Safe to repeat."""
    import_list(file, _units(), _database(), dry_run=dry_run, as_json=as_json, remove_others=remove_others)


@units_app.command("export")
def export_units(file: To) -> None:
    """Write the dated names as CSV, ready to edit and import."""
    export_list(file, _units(), _database())


@units_app.command("list")
def list_units(on: Annotated[str | None, typer.Option("--on", help="Only names of this day, YYYY-MM-DD.")] = None) -> None:
    """List the units whose names differ from the library's, from when until when, and what each rests on."""
    from datetime import date

    from services.chassis.cli.console import show_rows
    from services.registration.lookup import unit_names

    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        raise typer.BadParameter("expected a date such as 2026-01-31", param_hint="--on") from None
    with _database().read() as session:
        names = [each for each in unit_names.list_all(session) if day is None or each.holds_on(day)]
    show_rows([each._asdict() for each in names], unit_names.COLUMNS)


def _units() -> List:
    from services.registration.lookup import unit_names

    return List(
        unit_names.read_csv,
        unit_names.put,
        lambda session: unit_names.write_csv(unit_names.list_all(session)),
        ("map", "code", "valid_from"),
    )


def _offices() -> List:
    from services.registration.lookup import office_list, offices

    return List(office_list.read, office_list.store, lambda session: office_list.write(offices.search(session)))


def _database() -> "Database":
    from services.chassis.database import Database
    from services.registration.settings import Settings

    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

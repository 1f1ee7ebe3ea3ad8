"""`vss offices`: maintain the receiving offices that a declaration may name.

Works on the database at REGISTRATION_DATABASE_URL or DATABASE_URL; a running service sees changes at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.chassis.cli.lists import AsJson, CloseOthers, DryRun, File, List, To, export_list, import_list

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(name="offices", no_args_is_help=True, help="Receiving offices (registration).")


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

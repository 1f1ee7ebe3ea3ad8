"""`vss offices`: maintain the receiving offices that a declaration may name.

Works on the database at REGISTRATION_DATABASE_URL or DATABASE_URL; a running service sees changes at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(name="offices", no_args_is_help=True, help="Receiving offices (registration).")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8: code,name,province_code,address,phone")
    ],
    close_others: Annotated[
        bool, typer.Option("--close-others", help="Close every office that the file does not list.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, without changing it.")] = False,
) -> None:
    """Add offices and update those whose code exists. Safe to repeat; imports the whole file or nothing."""
    from rich.console import Console

    from services.chassis.text.csv_lists import BadList
    from services.registration.lookup import office_list

    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            imported = office_list.read(opened)
    except BadList as error:
        Console(stderr=True).print(
            "Nothing was imported:", *(f"  - {fault}" for fault in error.faults), sep="\n", markup=False
        )
        raise typer.Exit(2) from None
    database = _database()
    with database.write() as session:
        added, changed, closed = office_list.store(session, imported, close_others=close_others)
        if dry_run:
            session.rollback()
    would = "would be " if dry_run else ""
    Console().print(
        f"{len(imported)} offices read: {added} {would}added, {changed} {would}changed, {closed} {would}closed",
        soft_wrap=True,
    )


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


def _database() -> "Database":
    from services.chassis.database import Database
    from services.registration.settings import Settings

    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

"""`vss complaints`: the lists that feedback works with, as CSV: categories, who is responsible, dated holidays, offices.

Works on the database of FEEDBACK_DATABASE_URL or DATABASE_URL; the running service sees changes at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(name="complaints", no_args_is_help=True, help="Lists of the complaints service (feedback).")
categories_app = typer.Typer(name="categories", no_args_is_help=True, help="What complaints are about, and who watches.")
responsible_app = typer.Typer(name="responsible", no_args_is_help=True, help="Directors, boards and leadership.")
holidays_app = typer.Typer(name="holidays", no_args_is_help=True, help="Days off and days worked instead, by decision.")
offices_app = typer.Typer(
    name="offices", no_args_is_help=True, help="Offices that receive complaints, and may be asked for help."
)
for _each in (categories_app, responsible_app, holidays_app, offices_app):
    app.add_typer(_each)

_File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, with the columns that `export` writes.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
_To = Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")]


@categories_app.command("import")
def import_categories(
    file: _File,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the history of each category.")],
    close_others: Annotated[bool, typer.Option("--close-others", help="Close what the file does not name.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add categories and change those whose code is known. All of the file or nothing."""
    from services.feedback import categories, category_files

    def put(session: Any, found: Any) -> str:
        done = categories.put(session, found, reason=reason, close_others=close_others)
        return ", ".join(f"{count} {kind}" for kind, count in done.items())

    _import(file, category_files.read, put, dry_run=dry_run)


@categories_app.command("export")
def export_categories(file: _To) -> None:
    """Write the open categories, ready to be changed and imported."""
    from services.feedback import categories, category_files

    _export(file, lambda session: category_files.write(categories.every(session)))


@responsible_app.command("import")
def import_responsible(file: _File, dry_run: _DryRun = False) -> None:
    """Change who is responsible. Nobody is taken away: somebody must stay accountable (F3)."""
    from services.feedback import responsible

    def put(session: Any, found: Any) -> str:
        added, changed = responsible.put(session, found)
        return f"{added} added, {changed} changed"

    _import(file, responsible.read_csv, put, dry_run=dry_run)


@responsible_app.command("export")
def export_responsible(file: _To) -> None:
    """Write the list; lines marked as examples still want a real address."""
    from services.feedback import responsible

    _export(file, lambda session: responsible.write_csv(responsible.every(session)))


@holidays_app.command("import")
def import_holidays(
    file: _File,
    remove_others: Annotated[bool, typer.Option("--remove-others", help="Remove what the file does not name.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Correct the calendar. Clocks that run keep the dates that people were told."""
    from services.feedback import holiday_list

    def put(session: Any, found: Any) -> str:
        added, changed, removed = holiday_list.put(session, found, remove_others=remove_others)
        return f"{added} added, {changed} changed, {removed} removed"

    _import(file, holiday_list.read_csv, put, dry_run=dry_run)


@holidays_app.command("export")
def export_holidays(file: _To) -> None:
    """Write the corrections."""
    from services.feedback import holiday_list

    _export(file, lambda session: holiday_list.write_csv(holiday_list.every(session)))


@offices_app.command("import")
def import_offices(
    file: _File,
    close_others: Annotated[bool, typer.Option("--close-others", help="Close what the file does not name.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add offices and change those whose code is known. What has been filed keeps its office and province (F4)."""
    from services.feedback import offices

    def put(session: Any, found: Any) -> str:
        added, changed, closed = offices.put(session, found, close_others=close_others)
        return f"{added} added, {changed} changed, {closed} closed"

    _import(file, offices.read_csv, put, dry_run=dry_run)


@offices_app.command("export")
def export_offices(file: _To) -> None:
    """Write the open offices."""
    from services.chassis.text import csv_lists as lists
    from services.feedback import offices

    _export(file, lambda session: lists.write(offices.COLUMNS, (each.as_dict() for each in offices.every(session))))


def _import(file: Path, read: Callable[[Any], Any], put: Callable[[Any, Any], str], *, dry_run: bool) -> None:
    from rich.console import Console

    from services.chassis.text.csv_lists import BadList

    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            found = read(opened)
        with _database().write() as session:
            done = put(session, found)
            if dry_run:
                session.rollback()
    except BadList as error:
        faults = (f"  - {fault}" for fault in error.faults)
        Console(stderr=True).print("Nothing was imported:", *faults, sep="\n", markup=False)
        raise typer.Exit(2) from None
    Console().print(f"{len(found)} lines read{' (dry run)' if dry_run else ''}: {done}", soft_wrap=True)


def _export(file: Path, write: Callable[[Any], str]) -> None:
    with _database().read() as session:
        # with the mark that Excel wants
        file.write_text(write(session), encoding="utf-8-sig", newline="")


def _database() -> "Database":
    from services.chassis.database import Database
    from services.feedback.settings import Settings

    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

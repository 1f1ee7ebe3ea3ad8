"""`vss complaints` and `vss holidays`: the lists that feedback works with, as CSV.

They work on the database of FEEDBACK_DATABASE_URL or DATABASE_URL; the running service sees changes at once.
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
offices_app = typer.Typer(
    name="offices", no_args_is_help=True, help="Offices that receive complaints, and may be asked for help."
)
for _each in (categories_app, responsible_app, offices_app):
    app.add_typer(_each)
holidays_app = typer.Typer(
    name="holidays", no_args_is_help=True, help="Days off and days worked instead, by decision: one list for all services."
)
apps = (app, holidays_app)

_File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, with the columns that `export` writes.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
_To = Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")]


@categories_app.command("import")
def import_categories(
    file: _File,
    reason: Annotated[str, typer.Option("--reason", help="Why; it goes into the history of each category.")],
    close_others: Annotated[bool, typer.Option("--close-others", help="Close what the file does not name.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add categories and change those whose code is known. All of the file or nothing."""
    from services.feedback.categories import spreadsheet, tree

    def put(session: Any, found: Any) -> str:
        done = tree.put(session, found, reason=reason, close_others=close_others)
        return ", ".join(f"{count} {kind}" for kind, count in done.items())

    _import(file, spreadsheet.read_csv, put, dry_run=dry_run)


@categories_app.command("export")
def export_categories(file: _To) -> None:
    """Write the open categories, ready to be changed and imported."""
    from services.feedback.categories import spreadsheet, tree

    _export(file, lambda session: spreadsheet.write_csv(tree.list_all(session)))


@responsible_app.command("import")
def import_responsible(file: _File, dry_run: _DryRun = False) -> None:
    """Change who is responsible. Nobody is removed: somebody must stay accountable (F3)."""
    from services.feedback.directory import responsible

    def put(session: Any, found: Any) -> str:
        added, changed = responsible.put(session, found)
        return f"{added} added, {changed} changed"

    _import(file, responsible.read_csv, put, dry_run=dry_run)


@responsible_app.command("export")
def export_responsible(file: _To) -> None:
    """Write the list; lines marked as examples still need a real address."""
    from services.feedback.directory import responsible

    _export(file, lambda session: responsible.write_csv(responsible.list_all(session)))


@offices_app.command("import")
def import_offices(
    file: _File,
    close_others: Annotated[bool, typer.Option("--close-others", help="Close what the file does not name.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add offices and change those whose code is known. Complaints that were filed keep their office and province (F4)."""
    from services.feedback.directory import offices

    def put(session: Any, found: Any) -> str:
        added, changed, closed = offices.put(session, found, close_others=close_others)
        return f"{added} added, {changed} changed, {closed} closed"

    _import(file, offices.read_csv, put, dry_run=dry_run)


@offices_app.command("export")
def export_offices(file: _To) -> None:
    """Write the open offices."""
    from services.feedback.directory import offices

    _export(file, lambda session: offices.write_csv(offices.list_open(session)))


@holidays_app.command("import")
def import_holidays(
    file: _File,
    remove_others: Annotated[bool, typer.Option("--remove-others", help="Remove what the file does not name.")] = False,
    tell_anyway: Annotated[bool, typer.Option("--tell", help="Tell all services, even if nothing has changed.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Correct the calendar of all services (W1). Deadlines that people were told stay as they are."""
    from services.feedback.holidays import rules

    def put(session: Any, found: Any) -> str:
        added, changed, removed = rules.put(session, found, remove_others=remove_others, tell_anyway=tell_anyway)
        return f"{added} added, {changed} changed, {removed} removed"

    _import(file, rules.read_csv, put, dry_run=dry_run)


@holidays_app.command("export")
def export_holidays(file: _To) -> None:
    """Write the corrections of the calendar, ready to be changed and imported."""
    from services.chassis.calendar import holidays_in
    from services.feedback.holidays import rules

    _export(file, lambda session: rules.write_csv(holidays_in(session)))


@holidays_app.command("list")
def list_holidays(
    year: Annotated[int | None, typer.Option("--year", help="Only the corrections of this year.")] = None,
) -> None:
    """Show the corrections of the calendar by date."""
    from rich.console import Console
    from rich.table import Table

    from services.chassis.calendar import holidays_in

    table = Table("Day", "Kind", "Why")
    with _database().read() as session:
        for each in holidays_in(session, year):
            table.add_row(each.day.isoformat(), each.kind, each.why)
    Console().print(table)


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
        # with the byte-order mark that Excel needs
        file.write_text(write(session), encoding="utf-8-sig", newline="")


def _database() -> "Database":
    from services.chassis.bus.outbox import publish_as
    from services.chassis.database import Database
    from services.feedback.settings import Settings

    publish_as("feedback")  # what an import changes is told in the service's name, by the service's relay
    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

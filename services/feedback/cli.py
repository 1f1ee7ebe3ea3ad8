"""`vss complaints` and `vss holidays`: import and export feedback's lists as CSV.

They work on the database of FEEDBACK_DATABASE_URL or DATABASE_URL; the running service sees changes at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(name="complaints", no_args_is_help=True, help="Lists of the feedback service.")
categories_app = typer.Typer(
    name="categories", no_args_is_help=True, help="Categories of complaints and the boards that watch them."
)
responsible_app = typer.Typer(name="responsible", no_args_is_help=True, help="Directors, boards and leadership.")
offices_app = typer.Typer(
    name="offices", no_args_is_help=True, help="Offices that receive complaints, and may be asked for help."
)
duty_app = typer.Typer(
    name="duty", no_args_is_help=True, help="Who is told by SMS of people who are turned away at this hour (F10)."
)
for _each in (categories_app, responsible_app, offices_app, duty_app):
    app.add_typer(_each)
holidays_app = typer.Typer(
    name="holidays", no_args_is_help=True, help="Days off and days worked instead: one list for all services."
)
apps = (app, holidays_app)

_File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, with the columns that `export` writes.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, without changing it.")]
_To = Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")]


@categories_app.command("import")
def import_categories(
    file: _File,
    reason: Annotated[str, typer.Option("--reason", help="Reason, recorded in the history of each category.")],
    close_others: Annotated[
        bool, typer.Option("--close-others", help="Close everything that the file does not list.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add categories and update those whose code exists. Imports the whole file or nothing."""
    from services.feedback.categories import spreadsheet, tree

    _import(file, spreadsheet.read_csv, tree.put, dry_run=dry_run, reason=reason, close_others=close_others)


@categories_app.command("export")
def export_categories(file: _To) -> None:
    """Write the open categories as CSV, ready to edit and import."""
    from services.feedback.categories import spreadsheet, tree

    _export(file, lambda session: spreadsheet.write_csv(tree.list_all(session)))


@responsible_app.command("import")
def import_responsible(file: _File, dry_run: _DryRun = False) -> None:
    """Update who is responsible. Nobody is removed: somebody must stay accountable (F3)."""
    from services.feedback.directory import responsible

    _import(file, responsible.read_csv, responsible.put, dry_run=dry_run)


@responsible_app.command("export")
def export_responsible(file: _To) -> None:
    """Write the list as CSV; lines marked as examples still need a real address."""
    from services.feedback.directory import responsible

    _export(file, lambda session: responsible.write_csv(responsible.list_all(session)))


@offices_app.command("import")
def import_offices(
    file: _File,
    close_others: Annotated[
        bool, typer.Option("--close-others", help="Close everything that the file does not list.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Add offices and update those whose code exists. Existing complaints keep their office and province (F4)."""
    from services.feedback.directory import offices

    _import(file, offices.read_csv, offices.put, dry_run=dry_run, close_others=close_others)


@offices_app.command("export")
def export_offices(file: _To) -> None:
    """Write the open offices as CSV."""
    from services.feedback.directory import offices

    _export(file, lambda session: offices.write_csv(offices.list_open(session)))


@duty_app.command("import")
def import_duty(file: _File, dry_run: _DryRun = False) -> None:
    """Replace the duty list: mobile phones of a province, or of the whole country (province_code *)."""
    from services.feedback.directory import duty

    _import(file, duty.read_csv, duty.put, dry_run=dry_run)


@duty_app.command("export")
def export_duty(file: _To) -> None:
    """Write the duty list as CSV."""
    from services.feedback.directory import duty

    _export(file, lambda session: duty.write_csv(duty.list_all(session)))


@holidays_app.command("import")
def import_holidays(
    file: _File,
    remove_others: Annotated[
        bool, typer.Option("--remove-others", help="Remove everything that the file does not list.")
    ] = False,
    tell_anyway: Annotated[
        bool, typer.Option("--tell", help="Publish the list to all services even if nothing has changed.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Correct the calendar of all services (W1). Deadlines already announced do not move."""
    from services.feedback.holidays import rules

    _import(file, rules.read_csv, rules.put, dry_run=dry_run, remove_others=remove_others, tell_anyway=tell_anyway)


@holidays_app.command("export")
def export_holidays(file: _To) -> None:
    """Write the corrections of the calendar as CSV, ready to edit and import."""
    from services.chassis.calendar import holidays_in
    from services.feedback.holidays import rules

    _export(file, lambda session: rules.write_csv(holidays_in(session)))


@holidays_app.command("list")
def list_holidays(
    year: Annotated[int | None, typer.Option("--year", help="Only the corrections of this year.")] = None,
) -> None:
    """List the corrections of the calendar by date."""
    from rich.console import Console
    from rich.table import Table

    from services.chassis.calendar import holidays_in

    table = Table("Day", "Kind", "Why")
    with _database().read() as session:
        for each in holidays_in(session, year):
            table.add_row(each.day.isoformat(), each.kind, each.why)
    Console().print(table)


def _import(
    file: Path, read: Callable[[Any], Any], put: Callable[..., dict[str, int]], *, dry_run: bool, **options: Any
) -> None:
    """Read the file, store its lines with ``options``, and print how many were added, changed and so on."""
    from rich.console import Console

    from services.chassis.text.csv_lists import BadList

    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = read(opened)
        with _database().write() as session:
            counted = put(session, rows, **options)
            if dry_run:
                session.rollback()
    except BadList as error:
        faults = (f"  - {fault}" for fault in error.faults)
        Console(stderr=True).print("Nothing was imported:", *faults, sep="\n", markup=False)
        raise typer.Exit(2) from None
    done = ", ".join(f"{count} {kind}" for kind, count in counted.items())
    Console().print(f"{len(rows)} lines read{' (dry run)' if dry_run else ''}: {done}", soft_wrap=True)


def _export(file: Path, write: Callable[[Any], str]) -> None:
    with _database().read() as session:
        # with the byte-order mark that Excel needs
        file.write_text(write(session), encoding="utf-8-sig", newline="")


def _database() -> "Database":
    from services.chassis.bus.outbox import publish_as
    from services.chassis.database import Database
    from services.feedback.settings import Settings

    publish_as("feedback")  # the facts of an import are published in the service's name, by the service's relay
    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

"""`vss complaints` and `vss holidays`: import and export feedback's lists as CSV.

They work on the database of FEEDBACK_DATABASE_URL or DATABASE_URL; the running service sees changes at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.chassis.cli.lists import AsJson, CloseOthers, DryRun, File, List, To, export_list, import_list
from services.chassis.cli.operator import operator

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


@categories_app.command("import")
def import_categories(
    file: File,
    reason: Annotated[str, typer.Option("--reason", help="Reason, recorded in the history of each category.")],
    close_others: CloseOthers = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add categories and update those whose code exists. Imports the whole file or nothing."""
    import_list(
        file,
        _categories(),
        _database(),
        dry_run=dry_run,
        as_json=as_json,
        reason=reason,
        actor=operator(),
        close_others=close_others,
    )


@categories_app.command("export")
def export_categories(file: To) -> None:
    """Write the open categories as CSV, ready to edit and import."""
    export_list(file, _categories(), _database())


@responsible_app.command("import")
def import_responsible(
    file: File,
    new_provinces: Annotated[
        bool, typer.Option("--new-provinces", help="Take provinces that are not in the list yet.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Update who is responsible. Nobody is removed: somebody must stay accountable (F3)."""
    import_list(file, _responsible(), _database(), dry_run=dry_run, as_json=as_json, new_provinces=new_provinces)


@responsible_app.command("export")
def export_responsible(file: To) -> None:
    """Write the list as CSV; lines marked as examples still need a real address."""
    export_list(file, _responsible(), _database())


@offices_app.command("import")
def import_offices(file: File, close_others: CloseOthers = False, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Add offices and update those whose code exists (docs/offices.md). Complaints keep their office and province (F4).

    Offices of no province (00, the customer-care centre) are left out: nobody would be accountable (F3).
    """
    import_list(file, _offices(), _database(), dry_run=dry_run, as_json=as_json, close_others=close_others)


@offices_app.command("export")
def export_offices(file: To) -> None:
    """Write the open offices as CSV."""
    export_list(file, _offices(), _database())


@duty_app.command("import")
def import_duty(file: File, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Replace the duty list: mobile phones of a province, or of the whole country (province_code *)."""
    import_list(file, _duty(), _database(), dry_run=dry_run, as_json=as_json)


@duty_app.command("export")
def export_duty(file: To) -> None:
    """Write the duty list as CSV."""
    export_list(file, _duty(), _database())


@holidays_app.command("import")
def import_holidays(
    file: File,
    remove_others: Annotated[
        bool, typer.Option("--remove-others", help="Remove everything that the file does not list.")
    ] = False,
    tell_anyway: Annotated[
        bool, typer.Option("--tell", help="Publish the list to all services even if nothing has changed.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Correct the calendar of all services (W1). Deadlines already announced do not move."""
    import_list(
        file,
        _holidays(),
        _database(),
        dry_run=dry_run,
        as_json=as_json,
        remove_others=remove_others,
        tell_anyway=tell_anyway,
    )


@holidays_app.command("export")
def export_holidays(file: To) -> None:
    """Write the corrections of the calendar as CSV, ready to edit and import."""
    export_list(file, _holidays(), _database())


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


def _categories() -> List:
    from services.feedback.categories import spreadsheet, tree

    return List(spreadsheet.read_csv, tree.put, lambda session: spreadsheet.write_csv(tree.list_all(session)))


def _responsible() -> List:
    from services.feedback.directory import responsible

    return List(
        responsible.read_csv,
        responsible.put,
        lambda session: responsible.write_csv(responsible.list_all(session)),
        ("kind", "code"),
    )


def _offices() -> List:
    from services.feedback.directory import offices

    return List(offices.read_csv, offices.put, lambda session: offices.write_csv(offices.list_open(session)))


def _duty() -> List:
    from services.feedback.directory import duty

    return List(duty.read_csv, duty.put, lambda session: duty.write_csv(duty.list_all(session)), ("province_code", "phone"))


def _holidays() -> List:
    from services.chassis.calendar import holidays_in
    from services.feedback.holidays import rules

    return List(rules.read_csv, rules.put, lambda session: rules.write_csv(holidays_in(session)), ("day",))


def _database() -> "Database":
    from services.chassis.bus.outbox import publish_as
    from services.chassis.database import Database
    from services.feedback.settings import Settings

    publish_as("feedback")  # the facts of an import are published in the service's name, by the service's relay
    settings = Settings.from_environment()
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database

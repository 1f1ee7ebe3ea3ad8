"""`vss staff`: add the first administrator and manage staff, directly on the service's database.

Commands import what they need when they run, because `vss --help` loads every service's commands.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.accounts.requests.cli import app as privacy_app
from services.chassis.cli.lists import AsJson, CloseOthers, DryRun, File, List, To, export_list, import_list

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(
    name="staff", no_args_is_help=True, help="Accounts of staff, on the database at ACCOUNTS_DATABASE_URL or DATABASE_URL."
)

#: `vss privacy` is about people of all services; accounts takes the request
apps = (app, privacy_app)

offices_app = typer.Typer(no_args_is_help=True, help="Offices that rights may name (V11).")
app.add_typer(offices_app, name="offices")

_SHOWN = ("username", "full_name", "role", "office", "province", "board", "status")

_Username = Annotated[str, typer.Argument(help="Lower-case letters, digits, '.', '_', '-'; begins with a letter.")]


@app.command()
def add(
    username: _Username,
    *,
    name: Annotated[str, typer.Option(help="Full name.")],
    phone: Annotated[str, typer.Option(help="Mobile phone, for one-time codes.")],
    role: Annotated[str, typer.Option(help="officer, approver, director, board, support or admin.")],
    office: Annotated[str | None, typer.Option(help="Office code.")] = None,
    province: Annotated[str | None, typer.Option(help="Province code.")] = None,
    board: Annotated[str | None, typer.Option(help="Board, for the role board.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    own_id: Annotated[
        str | None, typer.Option(help="The person's own personal ID, 12 digits: nobody decides their own dossier (V14).")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why; kept in the history (V16). Needed for somebody who has an account already.")
    ] = None,
    valid_from: Annotated[str | None, typer.Option("--from", help="First day of the rights, YYYY-MM-DD; at once.")] = None,
    valid_until: Annotated[str | None, typer.Option("--until", help="Last day, YYYY-MM-DD; until further notice.")] = None,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin", help="Read the password from standard input; by default the person sets one by a reset."
        ),
    ] = False,
) -> None:
    """Add a member of staff, or update an existing one. Safe to repeat."""
    from services.accounts.staff import rules
    from services.accounts.staff.rights import Grant
    from services.chassis.cli.operator import operator

    person: dict[str, Any] = {"username": username, "full_name": name, "phone": phone, "role": role}
    # an empty option (`--office "$OFFICE"`) counts as not given
    person |= {"email": email or None, "office": office or None, "province": province or None, "board": board or None}
    if own_id:
        person["own_id"] = own_id
    person |= {"valid_from": valid_from or None, "valid_until": valid_until or None, "reason": reason or "vss staff add"}
    database = _open_database()
    given = _checked(person, database)
    grant = Grant(operator(), given.pop("reason"))
    if not own_id:
        given.pop("own_id")  # what is known already stays
    password_hash = _read_password(database, given) if password_stdin else None
    with database.write() as session:
        account = rules.by_name(session, given["username"])
        if account is None:
            account, done = rules.add(session, given, grant), "added"
        else:
            done = "changed" if rules.change(account, given | {"active": True}, grant) else "unchanged"
            if reason is None and (done == "changed" or password_hash is not None):
                raise typer.BadParameter("say why a member of staff is changed", param_hint="--reason")
        if password_hash is not None:
            rules.set_password(account, password_hash, grant)
    typer.echo(f"{given['username']}: {done}")


@app.command("list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List every member of staff."""
    from rich.console import Console
    from rich.table import Table

    from services.accounts.staff import rules

    with _open_database().read() as session:
        members = [
            {field: getattr(account, field) for field in _SHOWN} | {"own_id": account.own_id is not None}
            for account in session.scalars(rules.visible_to({"role": "admin"}))
        ]
    members.sort(key=lambda row: row["username"])
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False, indent=2))
        return
    table = Table("User name", "Name", "Role", "Office", "Province", "Board", "State", "Own ID")
    for row in members:
        table.add_row(*("yes" if value is True else str(value or "") for value in row.values()))
    Console().print(table)


@app.command()
def disable(
    username: _Username, *, reason: Annotated[str, typer.Option(help="Why; kept in the history of rights.")]
) -> None:
    """Disable a member of staff and end their session. Safe to repeat."""
    from services.accounts.accounts.lookup import plain_user_name
    from services.accounts.staff import rules
    from services.accounts.staff.rights import Grant
    from services.chassis.cli.operator import operator

    with _open_database().write() as session:
        account = rules.by_name(session, plain_user_name(username))
        if account is None:
            raise typer.BadParameter(f"unknown user name: {username}", param_hint="USERNAME")
        rules.change(account, {"active": False}, Grant(operator(), reason))
    typer.echo(f"{username}: disabled")


@app.command()
def sheet(
    username: _Username,
    *,
    to: Annotated[
        Path | None, typer.Option(help="Where to write the page (PDF); readable by you alone. Print it, then delete it.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the sheet.")] = "vss staff sheet",
    as_json: Annotated[bool, typer.Option("--json", help="Print the code as JSON.")] = False,
) -> None:
    """Print a first-sign-in sheet: with it, and a code to the phone, a member of staff enrols a second factor. An earlier sheet is void."""
    from services.accounts.accounts.lookup import plain_user_name
    from services.accounts.settings import CommandSettings
    from services.accounts.sheets import printing
    from services.accounts.sheets.rules import prepare_code
    from services.accounts.staff import rules
    from services.accounts.staff.rights import Grant
    from services.chassis.cli.operator import operator

    if to is None and not as_json:
        raise typer.BadParameter("name a file for the page, or give --json", param_hint="--to")
    database, new = _open_database(), prepare_code()
    with database.write() as session:
        account = rules.by_name(session, plain_user_name(username))
        if account is None or not printing.is_printable(account):
            raise typer.BadParameter(f"no active member of staff: {username}", param_hint="USERNAME")
        data, until = printing.issue(account, new, Grant(operator(), reason), CommandSettings.from_environment())
    if to is not None:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(printing.draw(data))
    if as_json:
        typer.echo(json.dumps({"code": new.code, "expires_at": until.isoformat()}))
    else:
        typer.echo(f"{username}: a sheet, good until {until:%Y-%m-%d %H:%M %Z}, is in {to}")


@offices_app.command("import")
def import_offices(file: File, close_others: CloseOthers = False, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Import the offices that rights may name, from the file that `vss offices import` reads (docs/offices.md). Safe to repeat."""
    import_list(file, _offices(), _open_database(), dry_run=dry_run, as_json=as_json, close_others=close_others)


@offices_app.command("export")
def export_offices(file: To) -> None:
    """Write the open offices as CSV."""
    export_list(file, _offices(), _open_database())


def _offices() -> List:
    from services.accounts.offices import rules

    return List(rules.read_csv, rules.store, rules.write_csv)


def _open_database() -> Database:
    """Open the service's database, migrated."""
    from services.accounts.settings import CommandSettings
    from services.chassis import clock
    from services.chassis.bus import outbox
    from services.chassis.database import Database

    settings = CommandSettings.from_environment()
    clock.use_offset_file(settings.clock_offset_file)
    outbox.publish_as("accounts")
    database = Database(settings.database_url.reveal())
    database.migrate(Path(__file__).parent / "migrations")
    return database


def _checked(person: dict[str, Any], database: Database) -> dict[str, Any]:
    """Validate as the API does."""
    from marshmallow import ValidationError

    from services.accounts.staff.rules import missing_field, office_fault
    from services.accounts.staff.schemas import StaffMember

    hints = {
        "username": "USERNAME",
        "full_name": "--name",
        "own_id": "--own-id",
        "valid_from": "--from",
        "valid_until": "--until",
    }
    try:
        given: dict[str, Any] = StaffMember().load(person)
    except ValidationError as error:
        field, messages = next(iter(error.messages_dict.items()))
        raise typer.BadParameter(str(messages[0]), param_hint=hints.get(field, f"--{field}")) from None
    with database.read() as session:
        fault = missing_field(given["role"], given["office"], given["province"], given["board"]) or office_fault(
            session, given["office"], given["province"]
        )
    if fault is not None:
        raise typer.BadParameter(fault[1].en, param_hint=f"--{fault[0]}")
    return given


def _read_password(database: Database, given: dict[str, Any]) -> str | None:
    """Return the hash of the password on standard input; None if it is the current one."""
    from services.accounts.factors.reset import SHORTEST_ALONE
    from services.accounts.passwords import hashing, policy
    from services.accounts.staff import rules

    password = sys.stdin.readline().rstrip("\r\n")
    known = (given["username"], given["phone"].removeprefix("+84"), given["email"], given["full_name"])
    if (reason := policy.rejection_reason(password, known, shortest=SHORTEST_ALONE)) is not None:
        raise typer.BadParameter(reason.en, param_hint="--password-stdin")
    with database.read() as session:
        account = rules.by_name(session, given["username"])
    current = account.password_hash if account else None
    return None if hashing.matches(password, current) else hashing.hash_password(password)

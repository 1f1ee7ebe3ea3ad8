"""`vss staff`: the first administrator, and staff where no one is signed in yet. Works on the service's own database."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from services.chassis.database import Database

app = typer.Typer(
    name="staff", no_args_is_help=True, help="Accounts of staff (ACCOUNTS_DATABASE_URL or DATABASE_URL says where)."
)

_Username = Annotated[str, typer.Argument(help="Small letters, digits, '.', '_', '-'; begins with a letter.")]


@app.command()
def add(
    username: _Username,
    *,
    name: Annotated[str, typer.Option(help="Full name.")],
    phone: Annotated[str, typer.Option(help="Mobile phone: codes go there.")],
    role: Annotated[str, typer.Option(help="officer, approver, director, board, support or admin.")],
    office: Annotated[str | None, typer.Option(help="Office code.")] = None,
    province: Annotated[str | None, typer.Option(help="Province code.")] = None,
    board: Annotated[str | None, typer.Option(help="Board, for the role of that name.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input; else one is set by a reset.")
    ] = False,
) -> None:
    """Add a member of staff, or bring one that is there to what is given here. Safe to repeat."""
    from services.accounts import staff

    # an empty option (`--office "$OFFICE"`) is one that was not given
    person = {"role": role, "office": office or None, "province": province or None, "board": board or None, "phone": phone}
    given = _checked(username, person) | {"full_name": name, "email": email or None}
    database = _database()
    hash_ = _password(database, username, given["phone"]) if password_stdin else None
    with database.write() as session:
        account = staff.by_name(session, username)
        if account is None:
            account, done = staff.add(session, given | {"username": username}), "added"
        elif staff.differs(account, given):
            staff.change(session, account, given | {"active": True})
            done = "changed"
        else:
            done = "is there"
        if hash_ is not None:
            staff.set_password(session, account, hash_)
    typer.echo(f"{username}: {done}")


@app.command("list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Every member of staff."""
    from rich.console import Console
    from rich.table import Table

    from services.accounts import staff

    with _database().read() as session:
        found = [_shown(account) for account in session.scalars(staff.visible({"role": "admin"}))]
    found.sort(key=lambda row: row["username"])
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = Table("User name", "Name", "Role", "Office", "Province", "Board", "State")
    for row in found:
        table.add_row(*(str(value or "") for value in row.values()))
    Console().print(table)


@app.command()
def disable(username: _Username) -> None:
    """Let a member of staff sign in no more; whoever is signed in is signed out. Safe to repeat."""
    from services.accounts import staff
    from services.accounts.model import ACTIVE

    with _database().write() as session:
        account = staff.by_name(session, username)
        if account is None:
            raise typer.BadParameter(f"there is no {username}", param_hint="USERNAME")
        if account.status == ACTIVE:
            staff.change(session, account, {"active": False})
    typer.echo(f"{username}: disabled")


def _database() -> Database:
    """The service's database, in its newest form."""
    from pathlib import Path

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


def _password(database: Database, username: str, phone: str) -> str | None:
    """The hash of the password on standard input; None if it is the present one."""
    from services.accounts import passwords, staff

    password = sys.stdin.readline().rstrip("\r\n")
    if (said := passwords.fault(password, (username, phone.removeprefix("+84")))) is not None:
        raise typer.BadParameter(str(said), param_hint="--password-stdin")
    with database.read() as session:
        account = staff.by_name(session, username)
    present = account.password_hash if account else None
    return None if passwords.matches(password, present) else passwords.hashed(password)


def _checked(username: str, person: dict[str, Any]) -> dict[str, Any]:
    from services.accounts import staff
    from services.accounts.model import STAFF_ROLES
    from services.accounts.phone import e164

    if not re.fullmatch(staff.USERNAME, username):
        raise typer.BadParameter("small letters, digits, '.', '_', '-'; begins with a letter", param_hint="USERNAME")
    if person["role"] not in STAFF_ROLES:
        raise typer.BadParameter(f"one of {', '.join(STAFF_ROLES)}", param_hint="--role")
    wrong = staff.fault(person["role"], person["office"], person["province"], person["board"])
    if wrong is not None:
        raise typer.BadParameter(str(wrong[1]), param_hint=f"--{wrong[0]}")
    try:
        return person | {"phone": e164(person["phone"])}
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--phone") from None


def _shown(account: Any) -> dict[str, Any]:
    names = ("username", "full_name", "role", "office", "province", "board", "status")
    return {name: getattr(account, name) for name in names}

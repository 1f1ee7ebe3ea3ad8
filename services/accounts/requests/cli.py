"""`vss privacy`: answer a data subject over all services (PDP Law 91/2025). The person is read from standard input, never an argument.

Commands import what they need when they run, because `vss --help` loads every service's commands.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.cli import options
from services.chassis.cli.console import Code, fail, report_errors, show_json, show_rows

if TYPE_CHECKING:
    from services.chassis.database import Database
    from services.chassis.secretbox import SecretBox

app = typer.Typer(
    name="privacy",
    no_args_is_help=True,
    help="What all services hold of a person: find, export, erase. On the database at ACCOUNTS_DATABASE_URL or DATABASE_URL. The person is "
    "read from standard input: lines of bhxh_code, id_number, phone, email, as NAME: VALUE (docs/privacy.md). "
    "Exit codes: 0 answered, 1 services have yet to answer, 2 asked for wrongly, 3 no database.",
)

_COLUMNS = ("service", "data", "found", "erased", "staying", "why")
_Wait = Annotated[float, typer.Option("--wait", help="Seconds to wait for the services' answers.", min=0)]
_To = Annotated[Path, typer.Option("--to", help="File for the records: JSON, readable by you alone; must not exist.")]


@app.command()
@report_errors()
def find(*, wait: _Wait = 60.0, as_json: options.Json = False) -> None:
    """Tell which services hold how many records of the person."""
    _ask("find", wait, as_json)


@app.command()
@report_errors()
def export(to: _To, *, wait: _Wait = 60.0, as_json: options.Json = False) -> None:
    """Write all that is held of the person to one file."""
    if to.exists():
        fail(f"{to}: is there already", Code.USAGE)
    number = _ask("export", wait, as_json)
    _write(number, to)


@app.command()
@report_errors()
def erase(
    *,
    confirm: Annotated[bool, typer.Option("--confirm", help="Really erase; without it only `find` is done.")] = False,
    wait: _Wait = 60.0,
    as_json: options.Json = False,
) -> None:
    """Erase what the law lets go, and say what stays and why."""
    _ask("erase" if confirm else "find", wait, as_json)
    if not confirm:
        typer.echo("Nothing was erased. With --confirm it is.", err=True)


@app.command()
@report_errors()
def show(
    number: Annotated[str, typer.Argument(help="The request's number.")],
    *,
    to: Annotated[Path | None, typer.Option("--to", help="File for the records of an export.")] = None,
    wait: _Wait = 0.0,
    as_json: options.Json = False,
) -> None:
    """Show what the services have answered to an earlier request."""
    _show(_open(), number, wait, as_json)
    if to is not None:
        _write(number, to)


@app.command("list")
@report_errors()
def list_(*, as_json: options.Json = False) -> None:
    """List the requests that services have yet to answer, with the end of their two working days."""
    import sqlalchemy as sa

    from services.accounts.requests.rules import SubjectRequest, missing

    with _open().read() as session:
        open_ = sa.select(SubjectRequest).where(SubjectRequest.answered_at.is_(None)).order_by(SubjectRequest.due_at)
        rows = [
            {
                "request": request.request_no,
                "action": request.action,
                "asked_by": request.asked_by,
                "due_at": request.due_at,
                "missing": ", ".join(missing(session, request.request_no)),
            }
            for request in session.scalars(open_)
        ]
    if as_json:
        show_json({"requests": rows})
    else:
        show_rows(rows, ("request", "action", "asked_by", "due_at", "missing"))


def _ask(action: str, wait: float, as_json: bool) -> str:
    from services.accounts.requests.rules import ask
    from services.chassis.subjects import Person

    if sys.stdin.isatty():
        typer.echo("bhxh_code, id_number, phone, email, each as NAME: VALUE on a line; end with Ctrl-D.", err=True)
    try:
        person = Person.from_text(sys.stdin.read())
    except ValueError as error:
        fail(str(error), Code.USAGE)
    database = _open()
    with database.write() as session:
        number = ask(session, action, person, by=getpass.getuser(), box=_box())
    _show(database, number, wait, as_json)
    return number


def _show(database: Database, number: str, wait: float, as_json: bool) -> None:
    from services.accounts.requests.rules import SubjectRequest, answers, missing

    until = time.monotonic() + wait
    while True:
        with database.read() as session:
            request = session.get(SubjectRequest, number)
            late, rows = missing(session, number), answers(session, number)
        if request is None:
            fail(f"{number}: no such request", Code.USAGE)
        if not late or time.monotonic() >= until:
            break
        time.sleep(0.5)
    lines = [line for row in rows for line in _lines(row)]
    if as_json:
        show_json({"request": number, "action": request.action, "due_at": request.due_at, "missing": late, "answers": lines})
    else:
        typer.echo(f"{number}: {request.action}, to be answered by {request.due_at:%Y-%m-%d %H:%M %Z}")
        show_rows(lines, _COLUMNS)
    if late:
        fail(f"{', '.join(late)}: no answer yet. Later: vss privacy show {number}", Code.REMAINS)


def _lines(row: Any) -> list[dict[str, Any]]:
    lines = []
    for data, count in row.found.items():
        stays = [each for each in row.staying if each["data"] == data]
        lines.append(
            {
                "service": row.service,
                "data": data,
                "found": count,
                "erased": row.erased.get(data, 0),
                "staying": sum(each["count"] for each in stays),
                "why": "; ".join(each["why"] for each in stays),
            }
        )
    return lines


def _write(number: str, to: Path) -> None:
    from services.accounts.requests.rules import SubjectRequest, answers, records

    with _open().read() as session:
        request = session.get_one(SubjectRequest, number)
        held = records(request, answers(session, number), _box())
        content = {"request": number, "asked_at": request.asked_at.isoformat()} | held
    # nobody else may read it, from its first byte on
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
    typer.echo(f"Written to {to}, for you alone.", err=True)


def _box() -> SecretBox | None:
    from services.accounts.settings import CommandSettings
    from services.chassis.secretbox import SecretBox

    key = CommandSettings.read_one("secrets_key")
    return None if key is None else SecretBox(key)


def _open() -> Database:
    from services.accounts.settings import CommandSettings
    from services.chassis import clock
    from services.chassis.bus import outbox
    from services.chassis.cli.service_database import open_database
    from services.chassis.discovery import load

    clock.use_offset_file(CommandSettings.read_one("clock_offset_file"))
    outbox.publish_as("accounts")
    return open_database(load("accounts"))

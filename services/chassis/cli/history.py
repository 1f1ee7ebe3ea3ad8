"""``vss history``: who looked and who changed, the heads of the chain, and whether anybody has rewritten it (V16).

Exit codes: 0 whole, 1 broken, 2 asked for wrongly, 3 no database, 4 whole, but compared with nobody else's heads.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.chassis.calendar.vietnam import VIETNAM
from services.chassis.cli import options
from services.chassis.cli.console import Code, err, out, report_errors, show_json, show_rows
from services.chassis.cli.service_database import open_database
from services.chassis.database import Database
from services.chassis.discovery import Service, installed, load
from services.chassis.errors import SettingsError
from services.chassis.history import entries_about, histories_of
from services.chassis.history.heads import Head, HistoryHeadPublished, heads_of, witnesses_of
from services.chassis.history.verify import Fault, Verdict, verify
from services.chassis.text.quoted import as_given_out

app = typer.Typer(no_args_is_help=True, help="Who looked, who changed, and whether the history is whole (V16).")

_OWN = "itself"
_COLUMNS = ("at", "actor", "role", "office_code", "action", "kind", "about", "purpose", "details")
_SENTENCES = {
    "changed": "the entry {entry_table} {entry_seq} (position {position}) is not what it was when its link was made",
    "deleted": "the entry {entry_table} {entry_seq} (position {position}) is gone",
    "link_missing": "the link at position {position} is gone",
    "inserted": "the entry {entry_table} {entry_seq} (position {position}) was put in after the head that is younger than it",
    "rewritten": "the chain was made anew: at position {position} it is not what {said_by} was told. Something was changed "
    "after position {after}",
    "cut_off": "the chain ends before position {position}, of which {said_by} was told. Something is gone after position {after}",
    "unlinked": "the entry {entry_table} {entry_seq} has no link, though it is more than an hour old",
}


@app.command()
@report_errors(ValueError)
def show(
    number: Annotated[str, typer.Argument(help="Of a dossier, complaint or account.", parser=as_given_out)],
    *,
    service: options.Service,
    as_json: options.Json = False,
) -> None:
    """Show who looked at something, in which lists it stood, and who changed it, oldest first."""
    with open_database(load(service)).read() as session:
        rows = [{name: row[name] for name in _COLUMNS} for row in entries_about(session, number)]
    for row in rows:
        row["details"] = {name: value for name, value in row["details"].items() if name != "numbers"}
    if as_json:
        show_json(rows)
    else:
        show_rows([row | {"details": json.dumps(row["details"], ensure_ascii=False)} for row in rows], _COLUMNS)


@app.command()
@report_errors(ValueError)
def heads(*, service: options.Service, as_json: options.Json = False) -> None:
    """List the heads that the service has told: to be kept where its database's owner cannot reach them."""
    loaded = load(service)
    with open_database(loaded).read() as session:
        found = [head._asdict() for head in heads_of(session, loaded.name, said_by=_OWN)]
    if as_json:
        show_json(found)
    else:
        show_rows(found, ("day", "position", "hash", "at"))


@app.command("verify")
@report_errors(ValueError)
def verify_(
    *,
    service: options.Service,
    since: Annotated[
        str | None, typer.Option(help="Only what came after the last head before this day, YYYY-MM-DD.", metavar="DAY")
    ] = None,
    told: Annotated[
        Path | None,
        typer.Option("--heads", help="Heads as somebody else has kept them: facts or `vss history heads --json`, as JSON."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Compute the chain again, and compare it with the heads that were told: the service's own copy, its witness's, a file's.

    The witness is the service that reads this one's heads; its database is looked for at its own NAME_DATABASE_URL. Without a
    witness or a file only a clumsy forger is found (exit code 4). Reads only.
    """
    loaded = load(service)
    database = open_database(loaded)
    begin = datetime.fromisoformat(since).replace(tzinfo=VIETNAM) if since else None
    others = _witnessed(loaded, database) + (_from_file(told) if told else [])
    with database.read() as session:
        verdict = verify(session, histories_of(loaded), _heads(session, loaded, others), since=begin)
    _report(loaded.name, verdict, as_json=as_json)
    if not verdict.whole:
        raise typer.Exit(Code.REMAINS)
    if not others:
        err().print("Compared with nobody else's heads: give the witness's database (NAME_DATABASE_URL) or --heads FILE.")
        raise typer.Exit(Code.NOT_COMPARED)


def _heads(session: Session, service: type[Service], others: list[Head]) -> list[Head]:
    """Return all heads, others' first: where two begin at one position, theirs is believed."""
    return [*others, *heads_of(session, service.name, said_by=_OWN)]


def _witnessed(service: type[Service], own: Database) -> list[Head]:
    """Return the heads that other services have kept, as far as their databases can be reached from here."""
    found: list[Head] = []
    for witness in witnesses_of(service.name, [load(name) for name in installed()]):
        try:
            database = open_database(witness)
            if database.url == own.url:
                continue
            with database.read() as session:
                found += heads_of(session, service.name, said_by=witness.name)
        except (SettingsError, DBAPIError, sa.exc.OperationalError):
            err().print(
                f"{witness.name}, the witness, cannot be asked: its database is not at {witness.name.upper()}_DATABASE_URL."
            )
    return found


def _from_file(file: Path) -> list[Head]:
    """Read heads from a file: a JSON list of facts (or of their `data`), or one of each line.

    :raises ValueError: if it holds something else.
    """
    text = file.read_text("utf-8")
    try:
        rows = (
            json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]
        )
        facts = [HistoryHeadPublished.load(_fields(row)) for row in rows]
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{file}: not a list of heads as JSON ({type(error).__name__})") from None
    return [Head(fact.day, fact.position, fact.hash, fact.at, str(file)) for fact in facts]


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    row = row.get("data", row)
    return {name: row[name] for name in ("day", "position", "hash", "at")}


def _report(service: str, verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        show_json(
            vars(verdict) | {"service": service, "whole": verdict.whole, "faults": [vars(each) for each in verdict.faults]}
        )
        return
    for fault in verdict.faults:
        out().print(_sentence(fault))
    compared = ", ".join(verdict.said_by) or "nobody's"
    state = "whole" if verdict.whole else "BROKEN"
    out().print(
        f"{service}: {state}. {verdict.links:,} links up to position {verdict.newest:,}; heads compared: {compared}."
    )


def _sentence(fault: Fault) -> str:
    said = vars(fault) | {"said_by": "its own copy" if fault.said_by == _OWN else fault.said_by}
    return f"{fault.what}: {_SENTENCES[fault.what].format(**said)}"

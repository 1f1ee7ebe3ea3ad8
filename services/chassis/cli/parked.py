"""``vss parked``: the messages that a service could not handle, in its database, and what to do with them.

Exit codes: 0 done, 1 something remains or failed, 2 asked for wrongly, 3 no database.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.chassis import clock
from services.chassis.bus.reading import Reading
from services.chassis.cli import options, parked_rows, parked_selection, parked_views
from services.chassis.cli.console import Code, clean, err, fail, out, report_errors, show_json, show_rows
from services.chassis.cli.parked_chosen import Chosen, count
from services.chassis.cli.parked_edit import Change, checked, encode, in_editor, patch_from
from services.chassis.cli.parked_selection import Bulk, Limit, Selection, selecting
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load

app = typer.Typer(
    no_args_is_help=True,
    help="Messages that a service could not handle: list them in groups, look at one, edit, replay or drop one or many. "
    "Works on the database of the service's DATABASE_URL; the running service takes up what is replayed within a second. "
    "Exit codes: 0 done, 1 something remains or failed, 2 asked for wrongly, 3 no database.",
)


@app.command("list")
@report_errors()
@selecting
def list_(
    *,
    service: options.Service,
    selection: Selection,
    each: Annotated[bool, typer.Option("--each", help="One row for each message.")] = False,
    limit: Limit = None,
    as_json: options.Json = False,
) -> None:
    """What is parked, grouped by fact, reason and error."""
    with open_database(load(service)).read() as session:
        groups = parked_selection.groups(session, selection.where(session))
        rows = parked_selection.find(session, selection, limit) if each else []
    total = sum(one["messages"] for one in groups)
    if as_json:
        told: dict[str, Any] = {"state": selection.state, "messages": total, "groups": groups}
        show_json(told | ({"items": rows} if each else {}))
        return
    if total:
        show_rows(rows, parked_views.MESSAGE) if each else show_rows(groups, parked_views.GROUP)
    out().print(f"{count(total)} {selection.state}" + (f" in {len(groups)} groups" if len(groups) > 1 else ""))


@app.command()
@report_errors()
def show(
    id_: Annotated[str, typer.Argument(help="The message's id, or its beginning.", metavar="ID")],
    *,
    service: options.Service,
    waiting: Annotated[bool, typer.Option("--waiting", help="One that waits for another try.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show values. They are personal data.")] = False,
) -> None:
    """One message: why it is held, its envelope, its body. Values are masked unless revealed."""
    database = open_database(load(service))
    selection = Selection(id=[id_], waiting=waiting)
    with database.read() as session:
        found = parked_selection.find(session, selection, limit=11)
    if not found:
        fail(f"No {selection.state} message's id begins with {id_}.", Code.REMAINS)
    if len(found) > 1:
        listed = "\n".join(f"  {row['id']}" for row in found[:10])
        fail(f"More than one message begins with {id_}; say more:\n{listed}", Code.USAGE)
    for row in parked_rows.iterate(database, [found[0]["id"]]):
        out().rule(str(row["id"]), align="left")
        for part in parked_views.message(row, reveal=reveal):
            out().print(part, soft_wrap=True)
    err().print("Personal data is shown." if reveal else "Values are masked; --reveal shows them.", style="yellow")


@app.command()
@report_errors()
@selecting
def replay(*, service: options.Service, selection: Bulk) -> None:
    """Have the service handle messages again, at once. What it has handled already is not handled twice."""
    chosen = Chosen(load(service), selection)
    with chosen.to_be("replayed") as step:
        chosen.done = parked_rows.replay(chosen.database, selection.state, chosen.keys, step)


@app.command()
@report_errors()
@selecting
def edit(
    *,
    service: options.Service,
    selection: Bulk,
    merge: Annotated[
        str | None,
        typer.Option(help='Merge this into each body (RFC 7396): {"phone": "+84…"}; null takes out.', metavar="JSON"),
    ] = None,
    merge_headers: Annotated[str | None, typer.Option(help="The same for the headers.", metavar="JSON")] = None,
    file: Annotated[Path | None, typer.Option(help="The new body of one message.", exists=True, dir_okay=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Even if the service could still not read them.")] = False,
) -> None:
    """Change bodies or headers: of many by --merge, of one by --file or in $EDITOR. They stay parked until they are replayed."""
    if selection.waiting:
        fail("A message that waits may be tried at any moment; only parked ones are edited.", Code.USAGE)
    loaded = load(service)
    chosen = Chosen(loaded, selection)
    patches = {"merge": patch_from(merge), "merge_headers": patch_from(merge_headers)}
    by_patch = merge is not None or merge_headers is not None
    if not by_patch and len(chosen.keys) > 1:
        fail("Many messages are changed by --merge or --merge-headers, one at a time in an editor.", Code.USAGE)
    body = None
    if not by_patch and (row := next(chosen.rows(), None)):
        body = encode(checked(file.read_bytes())) if file else in_editor(row["body"])
    change = Change(body, **patches)
    paths, faults = change.preview(chosen.rows(), Reading(loaded.name, loaded.reads))
    err().print(clean(f"Changed: {', '.join(sorted(paths)) or 'nothing'}"), soft_wrap=True)
    if faults and not force:
        told = "\n".join(f"  {fault}" for fault in sorted(faults)[:5])
        fail(
            f"The service could still not read them; nothing is changed (--force does it all the same):\n{told}", Code.USAGE
        )
    with chosen.to_be("edited") as step:
        chosen.done = parked_rows.edit(chosen.database, chosen.keys, change.of, step)


@app.command()
@report_errors()
@selecting
def drop(
    *,
    service: options.Service,
    because: Annotated[str, typer.Option(prompt="Why", help="Kept beside each message in the file.", metavar="TEXT")],
    selection: Bulk,
    save: Annotated[
        Path | None, typer.Option(help="File that keeps them, not there yet. Default: .run/dropped/<service>-<time>.jsonl")
    ] = None,
) -> None:
    """Take messages out for good. They are written to a file first, which only its owner can read."""
    loaded = load(service)
    chosen = Chosen(loaded, selection)
    with chosen.to_be("dropped") as step:
        file = save or Path(".run") / "dropped" / f"{loaded.name}-{clock.now():%Y%m%dT%H%M%S%f}.jsonl"
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            chosen.done = parked_rows.drop(chosen.database, selection.state, chosen.keys, step, because=because, file=file)
        except OSError as problem:
            fail(f"{file} cannot be written: {problem.strerror}. What is not in it is not dropped.", Code.REMAINS)
        err().print(f"Kept in {file}", soft_wrap=True)

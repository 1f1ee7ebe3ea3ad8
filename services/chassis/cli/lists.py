"""Import and export lists that are kept as CSV: the same options, output and exit codes in every service's commands."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.cli.console import Code, err, out, report_errors, show_json
from services.chassis.cli.operator import operator
from services.chassis.history import Act, add
from services.chassis.text.csv_differences import Difference, differences
from services.chassis.text.csv_lists import BadList, Rows, sheet_of

if TYPE_CHECKING:
    from services.chassis.database import Database

#: how many codes a line of the output names, and how many differences are printed; JSON has all
_MOST_NAMED = 12
_MOST_SHOWN = 200

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, with the columns that `export` writes.")
]
To = Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")]
CloseOthers = Annotated[bool, typer.Option("--close-others", help="Close everything that the file does not list.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, old and new, without changing it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

#: what happened, and how often, or to which codes
Changes = Mapping[str, int | Sequence[str]]


@dataclass(frozen=True)
class List:
    """A list: how its file is read and stored, how it is written, and the columns that name a row."""

    read: Callable[[Any], Rows[Any]]
    put: Callable[..., Changes]
    write: Callable[[Any], str]
    key: Sequence[str] = ("code",)


@report_errors()
def import_list(
    file: Path, list_: List, database: "Database", *, dry_run: bool = False, as_json: bool = False, **options: Any
) -> None:
    """Read ``file``, put its rows with ``options`` in one transaction, and print every difference, and what was mended in the file.

    A file with a fault changes nothing: every fault is printed with its line and column, and the exit code is 2.
    """
    rows: Rows[Any] = Rows([])
    try:
        content = file.read_bytes()
        rows = list_.read(sheet_of(content))
        with database.write() as session:
            before = list_.write(session)
            changes = list_.put(session, rows, **options)
            found = differences(before, list_.write(session), list_.key)
            if dry_run:
                session.rollback()
            elif found or any(changes.values()):
                add(session, _act(list_, content, changes, str(options.get("reason") or "")))
    except BadList as error:
        faults = list(map(rows.located, error.faults))
        if as_json:
            show_json({"lines": 0, "dry_run": dry_run, "faults": faults})
        else:
            err().print("Nothing was imported:", *(f"  - {fault}" for fault in faults), sep="\n", soft_wrap=True)
        raise typer.Exit(Code.USAGE) from None
    if as_json:
        told = {"mended": rows.mended, "differences": [each._asdict() for each in found]}
        show_json({"lines": len(rows), "dry_run": dry_run, **changes, **told})
    else:
        _show(len(rows), changes, found, rows.mended, dry_run=dry_run)


@report_errors()
def export_list(file: Path, list_: List, database: "Database") -> None:
    """Write the list as CSV, with the byte-order mark that Excel needs."""
    with database.read() as session:
        file.write_text(list_.write(session), encoding="utf-8-sig", newline="")


def _act(list_: List, content: bytes, changes: Changes, reason: str) -> Act:
    """Return the entry of an import (V16): who, which list, and of which file; how much of what, and not what stands in the list."""
    name = list_.read.__module__.removeprefix("services.")
    counts = {kind: count if isinstance(count, int) else len(count) for kind, count in changes.items()}
    details = {**counts, "sha256": hashlib.sha256(content).hexdigest()}
    return Act(
        actor=operator(), action="imported", kind="list", about=name, purpose=reason or f"import of {name}", details=details
    )


def _show(lines: int, changes: Changes, found: Sequence[Difference], mended: Sequence[str], *, dry_run: bool) -> None:
    done = ", ".join(f"{count if isinstance(count, int) else len(count)} {kind}" for kind, count in changes.items())
    out().print(f"{lines} lines read{' (dry run)' if dry_run else ''}: {done}", soft_wrap=True)
    shown = {each.key for each in found}
    for kind, codes in changes.items():
        if not isinstance(codes, int) and (more := [code for code in codes if code not in shown]):
            rest = f" … and {len(more) - _MOST_NAMED} more" if len(more) > _MOST_NAMED else ""
            out().print(f"  {kind}: {', '.join(more[:_MOST_NAMED])}{rest}", soft_wrap=True)
    for each in found[:_MOST_SHOWN]:
        out().print(f"  {each}", soft_wrap=True)
    if len(found) > _MOST_SHOWN:
        out().print(f"  … and {len(found) - _MOST_SHOWN} more (--json shows all)", soft_wrap=True)
    for sentence in mended:
        out().print(f"Mended: {sentence}", soft_wrap=True)

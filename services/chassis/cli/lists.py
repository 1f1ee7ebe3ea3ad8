"""Import and export lists that are kept as CSV: the same options, output and exit codes in every service's commands."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.cli.console import Code, err, out, report_errors, show_json
from services.chassis.text.csv_lists import BadList

if TYPE_CHECKING:
    from services.chassis.database import Database

#: how many codes a line of the output names
_MOST_NAMED = 12

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, with the columns that `export` writes.")
]
To = Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")]
CloseOthers = Annotated[bool, typer.Option("--close-others", help="Close everything that the file does not list.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, without changing it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

#: what happened, and how often, or to which codes
Changes = Mapping[str, int | Sequence[str]]


@report_errors()
def import_list(
    file: Path,
    read: Callable[[Any], Sequence[Any]],
    put: Callable[..., Changes],
    database: "Database",
    *,
    dry_run: bool = False,
    as_json: bool = False,
    **options: Any,
) -> None:
    """Read ``file``, ``put`` its lines with ``options`` in one transaction, and print what was added, changed and so on.

    A file with a fault changes nothing: every fault is printed with its line, and the exit code is 2.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = read(opened)
        with database.write() as session:
            changes = put(session, rows, **options)
            if dry_run:
                session.rollback()
    except BadList as error:
        if as_json:
            show_json({"lines": 0, "dry_run": dry_run, "faults": error.faults})
        else:
            err().print("Nothing was imported:", *(f"  - {fault}" for fault in error.faults), sep="\n", soft_wrap=True)
        raise typer.Exit(Code.USAGE) from None
    if as_json:
        show_json({"lines": len(rows), "dry_run": dry_run, **changes})
        return
    done = ", ".join(f"{count if isinstance(count, int) else len(count)} {kind}" for kind, count in changes.items())
    out().print(f"{len(rows)} lines read{' (dry run)' if dry_run else ''}: {done}", soft_wrap=True)
    for kind, codes in changes.items():
        if not isinstance(codes, int) and codes:
            more = f" … and {len(codes) - _MOST_NAMED} more" if len(codes) > _MOST_NAMED else ""
            out().print(f"  {kind}: {', '.join(codes[:_MOST_NAMED])}{more}", soft_wrap=True)


@report_errors()
def export_list(file: Path, write: Callable[[Any], str], database: "Database") -> None:
    """Write the CSV that ``write`` makes, with the byte-order mark that Excel needs."""
    with database.read() as session:
        file.write_text(write(session), encoding="utf-8-sig", newline="")

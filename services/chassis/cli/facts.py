"""``vss facts``: what the services tell each other, for people, for other agencies and for the reviewer of a change.

Exit codes: 0 as it should be, 1 something differs or would break, 2 asked for wrongly.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.chassis.catalogue import export as exporting
from services.chassis.catalogue import snapshot as snapshots
from services.chassis.cli import lanes
from services.chassis.cli.console import Code, err, fail, out, report_errors, show_rows
from services.chassis.discovery import load_all, subscriptions

app = typer.Typer(
    no_args_is_help=True,
    help="What services tell each other: list, export, check before a release; see who has been told, and tell again.",
)

_Services = Annotated[
    list[str] | None,
    typer.Option("--service", "-s", help="Name of a service, or module:Class. May be given again; all installed otherwise."),
]
_Snapshot = Annotated[Path, typer.Option("--file", help="The snapshot, kept under version control.")]
_AcceptPublic = Annotated[
    list[str] | None,
    typer.Option(help="A field that may go on the public feed from now on: service.fact.field. It is no person's data."),
]
_AcceptRemoved = Annotated[list[str] | None, typer.Option(help="A version that nobody reads any more: service.fact.v1.")]
_SNAPSHOT_FILE = Path("docs/facts.snapshot.json")
_DIFF_LINES = 20
app.command("lanes")(lanes.lanes)
app.command("gaps")(lanes.missing)
app.command("resend")(lanes.resend)
app.command("give-back")(lanes.give_back)
#: a TypeError is a fact that cannot be described, and says which
_report_errors = report_errors(TypeError, OSError)


@app.command("list")
@_report_errors
def list_(service: _Services = None) -> None:
    """Show every fact, and who reads it."""
    services = load_all(service or ())
    readers: dict[tuple[str, str, int], list[str]] = {}
    for each in services:
        for reader in each.reads:
            readers.setdefault((reader.service, reader.fact_name, reader.version), []).append(each.name)
    rows = [
        {
            "service": each.name,
            "fact": f"{fact.fact_name} v{fact.version}",
            "public_fields": f"{len(fact.public_fields)} of {len(fact.schema.fields)}",
            "read_by": ", ".join(readers.get((each.name, fact.fact_name, fact.version), []))
            or ("nobody yet" if fact.needs_reader else "nobody has to"),
        }
        for each in services
        for fact in sorted(each.publishes, key=lambda f: (f.fact_name, f.version))
    ]
    show_rows(rows, ("service", "fact", "public_fields", "read_by"))


@app.command()
@_report_errors
def export(
    service: _Services = None,
    out_: Annotated[Path, typer.Option("--out", help="Where to write.")] = Path("docs"),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if the files are not up to date.")
    ] = False,
) -> None:
    """Write JSON Schemas, AsyncAPI documents and the catalogue events.md.

    Given services by name, the public document and the catalogue hold only those.
    """
    wanted = exporting.files(load_all(service or ()))
    if not check:
        changed = exporting.write(wanted, out_)
        for difference in changed:
            _say(f"{difference.path}: {'written' if difference.path in wanted else 'removed'}")
        _say(f"{len(wanted)} files in {out_}, {len(changed)} changed.")
        return
    found = exporting.differences(wanted, out_)
    for difference in found:
        _say(f"{difference.path}: {difference.what}")
        lines = difference.diff.splitlines()
        for line in lines[:_DIFF_LINES]:
            _say(line)
        if len(lines) > _DIFF_LINES:
            _say(f"… and {len(lines) - _DIFF_LINES} more lines")
    if found:
        command = " ".join(["vss facts export --out", str(out_), *(f"--service {ref}" for ref in service or ())])
        fail(f"{len(found)} of {len(wanted)} files in {out_} are not up to date. Run: {command}", Code.REMAINS)
    _say(f"{len(wanted)} files in {out_} are up to date.")


@app.command("subscriptions")
@_report_errors
def subscriptions_(
    file: Annotated[Path, typer.Option("--out", help="Where to write.")] = subscriptions.FILE,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; end with 1 if the file is not up to date.")] = False,
) -> None:
    """Write who reads which fact, of all services installed: it is known when a release is built."""
    text = subscriptions.as_text(subscriptions.take(load_all()))
    if file.exists() and file.read_text("utf-8") == text:
        _say(f"{file} is up to date.")
    elif check:
        fail(f"{file} is not up to date. Run: vss facts subscriptions", Code.REMAINS)
    else:
        file.write_text(text, "utf-8")
        _say(f"{file}: written.")


@app.command()
@_report_errors
def check(
    service: _Services = None,
    file: _Snapshot = _SNAPSHOT_FILE,
    accept_public: _AcceptPublic = None,
    accept_removed: _AcceptRemoved = None,
) -> None:
    """Compare what services publish with the snapshot; end with 1 if a reader could break or the snapshot is old."""
    old, new = _compared(service, file, accept_public, accept_removed)
    if not snapshots.same(old, new):
        text = f"Nothing breaks, but {file} does not hold all of it yet. Run: vss facts snapshot, and commit the file."
        fail(text, Code.REMAINS)
    _say(f"{_count(new)} facts fit {file}.")


@app.command()
@_report_errors
def snapshot(
    service: _Services = None,
    file: _Snapshot = _SNAPSHOT_FILE,
    accept_public: _AcceptPublic = None,
    accept_removed: _AcceptRemoved = None,
) -> None:
    """Record what services publish, unless that would break a reader of what is recorded there already."""
    old, new = _compared(service, file, accept_public, accept_removed)
    if snapshots.same(old, new):
        _say(f"{file} holds all {_count(new)} facts already.")
        return
    # services that were not asked for keep what is recorded of them
    snapshots.write(file, {**snapshots.read(file), **new} if service else new)
    _say(f"{_count(new)} facts recorded in {file}.")


def _compared(
    refs: list[str] | None, file: Path, public: list[str] | None, removed: list[str] | None
) -> tuple[snapshots.Snapshot, snapshots.Snapshot]:
    """The recorded snapshot, cut down to the services asked for, and the present one; ends here if it would break a reader."""
    new = snapshots.take(load_all(refs or ()))
    old = {name: facts for name, facts in snapshots.read(file).items() if not refs or name in new}
    faults = snapshots.compare(old, new, accept_public=public or (), accept_removed=removed or ())
    for fault in faults:
        err().print(fault, soft_wrap=True)
    if faults:
        fail(f"{len(faults)} change{'s' * (len(faults) > 1)} would break readers or lose messages.", Code.REMAINS)
    return old, new


def _say(text: str) -> None:
    out().print(text, soft_wrap=True)


def _count(snapshot: snapshots.Snapshot) -> int:
    return sum(len(facts) for facts in snapshot.values())

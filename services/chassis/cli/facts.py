"""``vss facts``: what the services tell each other, for people, for other agencies and for the reviewer of a change."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.chassis.catalogue import export as exporting
from services.chassis.catalogue import snapshot as snapshots
from services.chassis.discovery import Service, installed, load_all
from services.chassis.errors import StartUpError

app = typer.Typer(no_args_is_help=True, help="What services tell each other: list, export, and check before a release.")
_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)

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


@app.command("list")
def list_(service: _Services = None) -> None:
    """Show every fact, and who reads it."""
    services = _load(service)
    readers: dict[tuple[str, str, int], list[str]] = {}
    for each in services:
        for reader in each.reads:
            readers.setdefault((reader.service, reader.fact_name, reader.version), []).append(each.name)
    table = Table("Service", "Fact", "Public fields", "Read by")
    for each in services:
        for fact in sorted(each.publishes, key=lambda f: (f.fact_name, f.version)):
            read_by = readers.get((each.name, fact.fact_name, fact.version), [])
            table.add_row(
                each.name,
                f"{fact.fact_name} v{fact.version}",
                f"{len(fact.public_fields)} of {len(fact.schema.fields)}",
                ", ".join(sorted(read_by)) or ("nobody yet" if fact.needs_reader else "nobody has to"),
            )
    _out.print(table)


@app.command("export")
def export(
    service: _Services = None,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("docs"),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if the files are not up to date.")
    ] = False,
) -> None:
    """Write JSON Schemas, AsyncAPI documents and the catalogue events.md.

    Given services by name, the public document and the catalogue hold only those.
    """
    services = _load(service)
    with _faults_told():
        wanted = exporting.files(services)
    if not check:
        with _faults_told():
            changed = exporting.write(wanted, out)
        for difference in changed:
            _out.print(f"{difference.path}: {'removed' if difference.path not in wanted else 'written'}", markup=False)
        _out.print(f"{len(wanted)} files in {out}, {len(changed)} changed.", markup=False)
        return
    found = exporting.differences(wanted, out)
    for difference in found:
        _out.print(f"{difference.path}: {difference.what}", markup=False)
        if difference.diff:
            _out.print(_first_lines(difference.diff, 20), markup=False)
    if found:
        command = " ".join(["vss facts export --out", str(out), *(f"--service {ref}" for ref in service or ())])
        raise _stop(f"{len(found)} of {len(wanted)} files in {out} are not up to date. Run: {command}")
    _out.print(f"{len(wanted)} files in {out} are up to date.", markup=False)


@app.command("check")
def check(
    service: _Services = None,
    file: _Snapshot = _SNAPSHOT_FILE,
    accept_public: _AcceptPublic = None,
    accept_removed: _AcceptRemoved = None,
) -> None:
    """Compare what services publish with the snapshot; end with 1 if a reader could break or the snapshot is old."""
    old, new = _both(service, file)
    _refuse(old, new, accept_public, accept_removed)
    if not snapshots.same(old, new):
        raise _stop(f"Nothing breaks, but {file} does not hold all of it yet. Run: vss facts snapshot, and commit the file.")
    _out.print(f"{_count(new)} facts fit {file}.", markup=False)


@app.command("snapshot")
def snapshot(
    service: _Services = None,
    file: _Snapshot = _SNAPSHOT_FILE,
    accept_public: _AcceptPublic = None,
    accept_removed: _AcceptRemoved = None,
) -> None:
    """Record what services publish, unless that would break a reader of what is recorded there already."""
    old, new = _both(service, file)
    _refuse(old, new, accept_public, accept_removed)
    if snapshots.same(old, new):
        _out.print(f"{file} holds all {_count(new)} facts already.", markup=False)
        return
    with _faults_told():
        # services that were not asked for keep what is recorded of them
        snapshots.write(file, {**snapshots.read(file), **new} if service else new)
    _out.print(f"{_count(new)} facts recorded in {file}.", markup=False)


def _load(refs: list[str] | None) -> list[type[Service]]:
    if not refs and not installed():
        raise _stop("No service is installed here. Name one: --service module:Class")
    with _faults_told():
        return load_all(refs or ())


def _both(refs: list[str] | None, file: Path) -> tuple[snapshots.Snapshot, snapshots.Snapshot]:
    """The recorded snapshot and the present one, the former cut down to the services asked for."""
    services = _load(refs)
    with _faults_told():
        old, new = snapshots.read(file), snapshots.take(services)
    return {name: facts for name, facts in old.items() if not refs or name in new}, new


def _refuse(old: snapshots.Snapshot, new: snapshots.Snapshot, public: list[str] | None, removed: list[str] | None) -> None:
    faults = snapshots.compare(old, new, accept_public=public or (), accept_removed=removed or ())
    for fault in faults:
        _err.print(str(fault), markup=False)
    if faults:
        raise _stop(f"{len(faults)} change{'s' * (len(faults) > 1)} would break readers or lose messages.")


@contextmanager
def _faults_told() -> Iterator[None]:
    """A service that cannot be loaded, or a fact that cannot be described, ends the command with one clear line."""
    try:
        yield
    except (StartUpError, TypeError, OSError) as error:
        raise _stop(str(error)) from None


def _stop(text: str) -> typer.Exit:
    _err.print(text, markup=False)
    return typer.Exit(1)


def _count(snapshot: snapshots.Snapshot) -> int:
    return sum(len(facts) for facts in snapshot.values())


def _first_lines(text: str, most: int) -> str:
    lines = text.splitlines()
    rest = len(lines) - most
    return "\n".join([*lines[:most], *([f"… and {rest} more lines"] if rest > 0 else [])])

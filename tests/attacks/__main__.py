"""Long attacks on the running system: `make attacks`, or ``python -m tests.attacks --help``."""

import json
import traceback
from typing import Annotated, Any

import typer
from rich.console import Console

from tests.attacks.subjects import Subject, attack, name_of, subjects

_console = Console(stderr=True, soft_wrap=True)


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SUBJECT]…", help="Which, by default all.")] = None,
    scale: Annotated[float, typer.Option("--scale", min=0.001, help="The share of the full size.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print all records as JSON on stdout.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Say which subjects there are.")] = False,
) -> None:
    """Run attacks one after the other. Figures go to .run/attacks/SUBJECT.json. Exit 1 if a bar does not hold."""
    known = {name_of(subject): subject for subject in subjects()}
    if only_list:
        for name, subject in known.items():
            print(f"{name:<14} {(subject.__doc__ or '').partition(chr(10))[0]}")
        return
    if unknown := sorted(set(names or ()) - known.keys()):
        raise typer.BadParameter(f"no subject {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
    records = [_record(name, known[name], scale) for name in names or known]
    if as_json:
        print(json.dumps(records, indent=2, ensure_ascii=False, default=str))
    if any(record["wrong"] for record in records):
        raise typer.Exit(1)


def _record(name: str, subject: Subject, scale: float) -> dict[str, Any]:
    """Run one attack and tell how it went; one that breaks off does not keep the others from running."""
    _console.print(f"[bold]{name}[/] begins (scale {scale:g})")
    try:
        record = attack(subject, scale=scale)
    except Exception as error:
        traceback.print_exc()
        record = {"subject": name, "wrong": [f"broke off: {type(error).__name__}"]}
    for figure, value in record.get("figures", {}).items():
        _console.print(f"  {figure}: {value}", markup=False)
    _console.print(f"[{'red' if record['wrong'] else 'green'}]{name}: {'not good' if record['wrong'] else 'good'}[/]")
    for fault in record["wrong"]:
        _console.print(f"  {fault}", markup=False)
    return record


if __name__ == "__main__":
    typer.run(main)

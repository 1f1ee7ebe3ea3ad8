"""Operators' mistakes on the real system: `make operations`, or ``python -m tests.operations --help``."""

import traceback
from typing import Annotated

import typer
from rich.console import Console

from tests.operations.subjects import Subject, measure, name_of, say, subjects

_console = Console(soft_wrap=True)


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SUBJECT]…", help="Which, by default all.")] = None,
    short: Annotated[bool, typer.Option("--short", help="The short forms, as in `make test`.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Say which subjects there are.")] = False,
) -> None:
    """Run subjects one after the other, each with a broker and a database of its own.

    Figures go to .run/operations/SUBJECT.json (SUBJECT_short.json). Exits 1 if one is not as it must be.
    """
    known = {name_of(subject): subject for subject in subjects()}
    if only_list:
        for name, subject in known.items():
            _console.print(f"[bold]{name:<12}[/] {(subject.__doc__ or '').partition(chr(10))[0]}")
        return
    if unknown := sorted(set(names or ()) - known.keys()):
        raise typer.BadParameter(f"no subject {', '.join(unknown)}; there are {', '.join(known)}")
    faults = [fault for name in names or known for fault in _faults(name, known[name], short=short)]
    if faults:
        raise typer.Exit(1)


def _faults(name: str, subject: Subject, *, short: bool) -> list[str]:
    """What is wrong with one subject; a run that breaks off does not keep the others from running."""
    say(f"{name} begins")
    try:
        faults = measure(subject, short=short)
    except Exception as error:
        traceback.print_exc()
        faults = [f"broke off: {type(error).__name__}"]
    _console.print(f"[{'red' if faults else 'green'}]{name}: {'not good' if faults else 'good'}[/]")
    for fault in faults:
        _console.print(f"  {fault}", markup=False)
    return faults


if __name__ == "__main__":
    typer.run(main)

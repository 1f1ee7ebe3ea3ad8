"""Find the attacks of this package, run one, judge its figures and keep them in ``.run/attacks``."""

from __future__ import annotations

import importlib
import json
import pkgutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from tests.operations.figures import wrong

_RUN = Path(__file__).resolve().parents[2] / ".run" / "attacks"


class Subject(Protocol):
    """A module of this package with a `run`; `BARS`, if it has them, tells what the figures must be."""

    __name__: str
    __doc__: str | None

    def run(self, *, scale: float) -> dict[str, object]:
        """Attack, and return the figures. Scale 1.0 is the full size."""


def subjects() -> Iterator[Subject]:
    """Yield every module of this package that has `run`, by name."""
    for found in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda found: found.name):
        if found.name.startswith(("_", "test_")):
            continue
        module = importlib.import_module(f"{__package__}.{found.name}")
        if hasattr(module, "run"):
            yield cast("Subject", module)


def name_of(subject: Subject) -> str:
    """Return what a subject is called on the command line."""
    return subject.__name__.rpartition(".")[2]


def attack(subject: Subject, *, scale: float, folder: Path = _RUN) -> dict[str, Any]:
    """Run an attack, write its record to ``<folder>/<name>.json``, and return the record; `wrong` lists the bars that do not hold.

    A run that breaks off is recorded, too, before its exception passes on.
    """
    began = time.monotonic()
    record: dict[str, Any] = {"subject": name_of(subject), "scale": scale}
    try:
        figures = subject.run(scale=scale)
        record |= {"figures": figures, "wrong": wrong(figures, getattr(subject, "BARS", {}))}
    except BaseException as error:
        record |= {"wrong": [f"broke off: {type(error).__name__}: {str(error)[:2000]}"]}
        raise
    finally:
        record["seconds"] = round(time.monotonic() - began, 1)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
        (folder / f"{name_of(subject)}.json").write_text(text + "\n", encoding="utf-8")
    return record

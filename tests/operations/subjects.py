"""Find the subjects of this package, run one, and keep its figures in ``.run/operations``."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from tests.operations.figures import wrong

_RUN = Path(__file__).resolve().parents[2] / ".run" / "operations"


class Subject(Protocol):
    """A module of this package with figures to measure."""

    __name__: str
    __doc__: str | None

    @property
    def expect(self) -> Mapping[str, Any]:
        """What the figures must be."""

    def run(self, short: bool) -> dict[str, Any]:
        """Measure, and return the figures."""


def subjects() -> Iterator[Subject]:
    """Yield every module of this package that has `run` and `expect`, by name."""
    folder = Path(__file__).parent
    for found in sorted(pkgutil.iter_modules([str(folder)]), key=lambda found: found.name):
        if found.name.startswith(("_", "test_")):
            continue
        module = importlib.import_module(f"{__package__}.{found.name}")
        if hasattr(module, "run") and hasattr(module, "expect"):
            yield cast("Subject", module)


def name_of(subject: Subject) -> str:
    """Return what a subject is called on the command line."""
    return subject.__name__.rpartition(".")[2]


def measure(subject: Subject, *, short: bool) -> list[str]:
    """Run a subject, write its figures to ``.run/operations/<name>.json`` (``<name>_short.json``), and return what is wrong.

    A run that breaks off is recorded, too, before its exception passes on.
    """
    began = time.monotonic()
    record: dict[str, Any] = {"subject": name_of(subject), "short": short}
    try:
        figures = subject.run(short)
        record |= {"figures": figures, "wrong": wrong(figures, subject.expect)}
    except BaseException as error:
        record |= {"wrong": [f"broke off: {type(error).__name__}: {str(error)[:2000]}"]}
        raise
    finally:
        record["seconds"] = round(time.monotonic() - began, 1)
        _RUN.mkdir(parents=True, exist_ok=True)
        file = _RUN / f"{name_of(subject)}{'_short' if short else ''}.json"
        file.write_text(json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return list(record["wrong"])


def say(what: str) -> None:
    """Tell whoever watches how far the run has come."""
    print(time.strftime("%H:%M:%S"), what, file=sys.stderr, flush=True)

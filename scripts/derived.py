"""Pages that are made of other files: written, or compared with what is there. Used by the scripts beside this one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def switches(doc: str | None) -> argparse.ArgumentParser:
    """Return the parser of a script that makes a page, with `--check`; the first line of its docstring says what it does."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if something is missing or stale")
    return parser


def keep(page: str, text: str, *, check: bool, root: Path = ROOT) -> list[str]:
    """Write `text` to `page` (a path below `root`) and return no fault; with `check` write nothing, and return one if it is stale."""
    file = root / page
    if not check:
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        return [f"{page} is stale: `make rules`"]
    return []


def told(faults: Iterable[str]) -> int:
    """Say each fault on stderr, and return the exit code: 1 if there is any."""
    lines = [f"{fault}\n" for fault in faults]
    sys.stderr.write("".join(lines))
    return 1 if lines else 0

"""Tell what an import changes: which rows are added, changed and removed, and of each changed cell the old and the new text."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.chassis.text.csv_cells import without_sign_for_text

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


class Difference(NamedTuple):
    """One row that is added or removed (``column`` is empty: the whole row), or one cell that is changed."""

    change: str
    key: str
    column: str
    old: str
    new: str

    def __str__(self) -> str:
        if self.change == CHANGED:
            return f"~ {self.key}: {self.column}: {self.old or '(empty)'} -> {self.new or '(empty)'}"
        return f"+ {self.key}: {self.new}" if self.change == ADDED else f"- {self.key}: {self.old}"


def differences(before: str, after: str, key: Sequence[str]) -> list[Difference]:
    """Compare two exports of a list by the columns that name a row."""
    old, new = _by_key(before, key), _by_key(after, key)
    found = [Difference(REMOVED, name, "", _text(row), "") for name, row in old.items() if name not in new]
    for name, row in new.items():
        if name not in old:
            found.append(Difference(ADDED, name, "", "", _text(row)))
        else:
            found += [
                Difference(CHANGED, name, column, old[name][column], value)
                for column, value in row.items()
                if old[name][column] != value
            ]
    return found


def _by_key(text: str, key: Sequence[str]) -> dict[str, Mapping[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    plain = ({name: without_sign_for_text(cell) for name, cell in row.items()} for row in rows)
    return {" ".join(row[name] for name in key): row for row in plain}


def _text(row: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value)

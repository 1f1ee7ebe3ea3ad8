"""Lists kept in spreadsheets: read from CSV with every fault reported at once, and written back.

What a spreadsheet did to a list is either mended, and said (`Rows.mended`), where it can be read for certain, or refused
with its line and column (`csv_files`, `csv_cells`).
"""

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TextIO, TypeVar

from services.chassis.errors import Permanent
from services.chassis.text.csv_cells import as_text, damage, text_in_formula, without_sign_for_text
from services.chassis.text.csv_files import Sheet, UnreadableError, column_name, decode, rows_of
from services.chassis.text.folding import one_line

_MOST_FAULTS = 20
_MOST_ROWS = 10_000
_LONGEST_CELL = 4_000

Row = TypeVar("Row")


class Fault(str):
    """A sentence about a row, named by its key or itself; the row's line in the file is put before it (`Rows.located`)."""

    __slots__ = ("row",)
    row: Hashable

    @classmethod
    def of(cls, row: Hashable, text: str) -> "Fault":
        """Make the sentence about a row."""
        made = cls(text)
        made.row = row
        return made


class BadList(Permanent):
    """The list cannot be imported; ``faults`` holds one sentence for each thing that is wrong."""

    safe_to_log = True

    def __init__(self, faults: Sequence[str]) -> None:
        more = [f"… and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        self.faults = [*faults[:_MOST_FAULTS], *more]
        super().__init__("\n".join(self.faults))


class Rows(list[Row]):
    """The rows of a file, where each stood in it, and what was mended while it was read."""

    def __init__(self, mended: list[str]) -> None:
        super().__init__()
        self.mended = mended
        #: by the key, and by the row itself
        self.lines: dict[Hashable, int] = {}

    def located(self, fault: str) -> str:
        """Return a fault with the line of its row before it."""
        line = self.lines.get(fault.row) if isinstance(fault, Fault) else None
        return f"line {line}: {fault}" if line else str(fault)


def sheet_of(content: bytes) -> Sheet:
    """Return the text of a file for `read`.

    :raises BadList: for what is no CSV in UTF-8 or UTF-16.
    """
    try:
        return decode(content)
    except UnreadableError as error:
        raise BadList([str(error)]) from None


def read(
    file: TextIO | Sheet, columns: Sequence[str], make: Callable[[Mapping[str, str]], Row], *, key: str | Sequence[str]
) -> Rows[Row]:
    """Read a CSV file into one ``Row`` per line; columns in any order, names and cells folded to one line (W2).

    :param make: makes a row of its cells; raises ValueError with a sentence about what is wrong.
    :param key: the column, or the columns, that name a row: what they hold may not come twice.
    :raises BadList: with every fault, if there is one.
    """
    sheet = file if isinstance(file, Sheet) else Sheet(file.read())
    rows: Rows[Row] = Rows(sheet.mended)
    faults: list[str] = []
    line, blank = 1, 0
    keys = (key,) if isinstance(key, str) else key
    try:
        numbered = rows_of(sheet, columns)
        head = _head(next(numbered, (1, []))[1])
        places = _places(head, columns)
        for line, row in numbered:
            if not any(map(one_line, row)):
                blank += 1
                continue
            if len(rows) == _MOST_ROWS:
                raise BadList([f"line {line}: a list has at most {_MOST_ROWS} rows"])
            try:
                cells = _cells(row, len(head), places, line, rows.mended)
                named = " ".join(cells[name] for name in keys)
                if named in rows.lines:
                    raise ValueError(f"{' '.join(keys)} {named!r} appears twice")
                rows.lines[named] = line
                rows.append(made := make(cells))
                if isinstance(made, Hashable):
                    rows.lines[made] = line
            except ValueError as error:
                faults.append(f"line {line}: {error}")
    except csv.Error as error:
        faults.append(f"line {line}: not readable as CSV ({error})")
    if blank:
        rows.mended.append(f"{blank} empty rows were passed over")
    if not rows and not faults:
        faults.append("the file has no rows")
    if faults:
        raise BadList(faults)
    return rows


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write the CSV that ``read`` reads. Cells that a spreadsheet would take for a formula are written as text."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([as_text(row[name]) for name in columns])
    return target.getvalue()


def _head(row: Sequence[str]) -> list[str]:
    """Return the names of the columns, without empty ones at the end."""
    names = list(map(column_name, row))
    while names and not names[-1]:
        names.pop()
    return names


def _places(head: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    """Return where each column stands.

    :raises BadList: for a column that is missing or comes twice.
    """
    if missing := [name for name in columns if name not in head]:
        raise BadList([f"line 1: missing columns: {', '.join(missing)}"])
    if twice := [name for name in columns if head.count(name) > 1]:
        raise BadList([f"line 1: columns that come twice: {', '.join(twice)}"])
    return {name: head.index(name) for name in columns}


def _cells(row: Sequence[str], width: int, places: Mapping[str, int], line: int, mended: list[str]) -> dict[str, str]:
    """Return the cells of a row by column, folded.

    :raises ValueError: for a cell that a spreadsheet has damaged, and for more cells than columns.
    """
    if any(map(one_line, row[width:])):
        raise ValueError(
            f"has {len(row)} cells under {width} columns; a cell with the separator in it needs quotation marks"
        )
    cells = {}
    for name, place in places.items():
        raw = row[place] if place < len(row) else ""  # a short line lacks its last cells
        if reason := damage(raw, name):
            raise ValueError(f"{name}: {reason}")
        if (text := text_in_formula(raw)) is not None:
            mended.append(f'line {line}: {name}: ="{text}" is taken as {text}')
            raw = text
        cells[name] = _clean(raw)
        if len(cells[name]) > _LONGEST_CELL:
            raise ValueError(f"{name}: longer than {_LONGEST_CELL} characters")
    return cells


def _clean(cell: str) -> str:
    return without_sign_for_text(one_line(cell))

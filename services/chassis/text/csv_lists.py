"""Lists kept in spreadsheets: read from CSV with every fault reported at once, and written back."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO, TypeVar

from services.chassis.errors import Permanent
from services.chassis.text.folding import one_line

_MOST_FAULTS = 20
_MOST_ROWS = 10_000
_LONGEST_CELL = 4_000

Row = TypeVar("Row")


class BadList(Permanent):
    """The list cannot be imported; ``faults`` holds one sentence for each thing that is wrong."""

    safe_to_log = True

    def __init__(self, faults: Sequence[str]) -> None:
        more = [f"… and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        self.faults = [*faults[:_MOST_FAULTS], *more]
        super().__init__("\n".join(self.faults))


def read(file: TextIO, columns: Sequence[str], make: Callable[[Mapping[str, str]], Row], *, key: str) -> list[Row]:
    """Read a CSV file in UTF-8 into one ``Row`` per line; columns in any order, names and cells folded to one line (W2).

    :param make: makes a row of its cells; raises ValueError with a sentence about what is wrong.
    :param key: the column that names a row and may not come twice.
    :raises BadList: with every fault, if there is one.
    """
    reader = csv.DictReader(file)
    try:
        reader.fieldnames = [one_line(name) for name in reader.fieldnames or ()]
        missing = [name for name in columns if name not in reader.fieldnames]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadList([_unreadable(1, error)]) from None
    if missing:
        raise BadList([f"line 1: missing columns: {', '.join(missing)}"])
    found: dict[str, Row] = {}
    faults: list[str] = []
    try:
        for row in reader:
            line = f"line {reader.line_num}"
            cells = {name: _clean(row[name]) for name in columns}
            if cells[key] in found:
                faults.append(f"{line}: {key} {cells[key]!r} appears twice")
            elif long := [name for name, cell in cells.items() if len(cell) > _LONGEST_CELL]:
                faults.append(f"{line}: {long[0]}: longer than {_LONGEST_CELL} characters")
            else:
                try:
                    found[cells[key]] = make(cells)
                except ValueError as error:
                    faults.append(f"{line}: {error}")
            if len(found) > _MOST_ROWS:
                raise BadList([f"{line}: a list has at most {_MOST_ROWS} rows"])
    except (csv.Error, UnicodeDecodeError) as error:
        faults.append(_unreadable(reader.line_num, error))
    if not found and not faults:
        faults.append("the file has no rows")
    if faults:
        raise BadList(faults)
    return list(found.values())


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write the CSV that ``read`` reads. Cells that a spreadsheet would take for a formula are written as text."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([as_text(row[name]) for name in columns])
    return target.getvalue()


def as_text(value: Any) -> Any:
    """Return a cell's value; text that begins like a formula gets an apostrophe before it, as in spreadsheets."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def whole_number(cells: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """Parse the number in a cell; None if it is empty.

    :raises ValueError: if it is not a number, or out of bounds.
    """
    text = cells[name]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise ValueError(f"{name}: expected a whole number from {least} to {most}, or nothing")
    return int(text)


def _clean(cell: str | None) -> str:
    # what stands behind a comma too many is no column of ours, and a short line lacks its last cells
    text = one_line(cell or "")
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _unreadable(line: int, error: Exception) -> str:
    return f"line {line}: not readable as CSV in UTF-8 ({type(error).__name__})"

"""Read and write the tree of categories as CSV: one line each, keywords and examples separated by semicolons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TextIO

from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows
from services.feedback.categories.category import DAYS, MOST_DAYS, Category
from services.feedback.categories.suggestion import Keyword

COLUMNS: Final = ("code", "parent", "board", "name", *DAYS, "keywords", "examples")


def read_csv(file: TextIO | Sheet) -> Rows[Category]:
    """Read categories from CSV (`COLUMNS` in any order), in the file's order, all of them open.

    :raises BadList: with every fault in single lines; the tree as a whole is checked when it is stored.
    """
    return csv_lists.read(file, COLUMNS, _category, key="code")


def write_csv(categories: Iterable[Category]) -> str:
    """Write the open categories as CSV for `read_csv`."""
    rows = (
        each.as_dict() | {"keywords": "; ".join(map(str, each.keywords)), "examples": "; ".join(each.examples)}
        for each in categories
        if each.open
    )
    return csv_lists.write(COLUMNS, rows)


def _category(cells: Mapping[str, str]) -> Category:
    days: dict[str, Any] = {name: csv_cells.whole_number(cells, name, 0, MOST_DAYS) for name in DAYS}
    return Category(
        code=cells["code"],
        parent=cells["parent"] or None,
        board=cells["board"],
        name=cells["name"],
        **days,
        keywords=tuple(Keyword.read(each) for each in _parts(cells["keywords"])),
        examples=tuple(_parts(cells["examples"])),
    )


def _parts(cell: str) -> list[str]:
    return list(dict.fromkeys(part for part in map(str.strip, cell.split(";")) if part))

"""The tree of categories as a spreadsheet: one line for each, keywords and examples separated by semicolons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TextIO

from services.chassis.text import csv_lists as lists
from services.feedback.categories import DAYS, Category
from services.feedback.suggestion import Keyword

COLUMNS: Final = ("code", "parent", "board", "name", *DAYS, "keywords", "examples")
_MOST_DAYS = 250


def read(file: TextIO) -> list[Category]:
    """The categories of a CSV file (UTF-8, `COLUMNS` in any order), in its order and all of them open.

    :raises BadList: with every fault of single lines; whether they make a tree is seen when they are put.
    """
    return lists.read(file, COLUMNS, _category, key="code")


def write(categories: Iterable[Category]) -> str:
    """The CSV of the open ones, which `read` takes back."""
    rows = (
        each.as_dict() | {"keywords": "; ".join(map(str, each.keywords)), "examples": "; ".join(each.examples)}
        for each in categories
        if each.open
    )
    return lists.write(COLUMNS, rows)


def _category(cells: Mapping[str, str]) -> Category:
    days: dict[str, Any] = {name: lists.whole_number(cells, name, 0, _MOST_DAYS) for name in DAYS}
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

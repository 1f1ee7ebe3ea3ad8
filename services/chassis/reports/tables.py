"""How a report's tables are laid out, and each of them as CSV. A report is plain data: table → lines, each a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.chassis.text import csv_lists

CSV_TYPE = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Chart:
    """A chart of one table on a workbook's first sheet. ``label``: the column that names its lines."""

    table: str
    kind: Literal["lines", "bars"]
    title: str
    label: str
    series: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The tables of a report.

    :param heading: the title of the whole, for people.
    :param columns: table → the names of its columns, in order, as the report's lines have them.
    :param titles: table → its title.
    :param headings: column → its heading.
    :param summary: the figures of ``totals`` that a workbook's first sheet shows.
    :param decimals: column → number format, where it is no whole number.
    :param widths: column → width, where 13 characters are too few.
    """

    heading: str
    columns: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    headings: Mapping[str, str]
    summary: tuple[str, ...]
    charts: Sequence[Chart] = ()
    decimals: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


def as_csv(report: Mapping[str, Any], layout: Layout, table: str) -> bytes:
    """Render one table as CSV: UTF-8 with a byte-order mark, without which Excel assumes another encoding.

    Columns are named as in the JSON; text that a spreadsheet would take for a formula is written as text.
    """
    names = layout.columns[table]
    rows = ({name: line.get(name) for name in names} for line in report[table])
    return ("\ufeff" + csv_lists.write(names, rows)).encode()

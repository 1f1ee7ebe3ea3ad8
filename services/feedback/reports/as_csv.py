"""Render one table of a report as CSV: UTF-8 with a byte-order mark, without which Excel assumes another encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.text import csv_lists
from services.feedback.reports.headings import columns

CONTENT_TYPE = "text/csv; charset=utf-8"


def render(report: Mapping[str, Any], group: str) -> bytes:
    """Render the table of ``provinces``, ``boards``, ``categories`` or ``weeks``; columns are named as in the JSON."""
    names = columns(group)
    rows = ({name: line.get(name) for name in names} for line in report[group])
    return ("\ufeff" + csv_lists.write(names, rows)).encode()

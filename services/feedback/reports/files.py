"""Render all files of a stored report: a workbook, each table as CSV, each chart as SVG. Takes a second or two: `run_in_subprocess`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.reports import workbook
from services.chassis.reports.tables import CSV_TYPE, as_csv
from services.feedback.reports import charts
from services.feedback.reports.headings import CHART_NAMES, LAYOUT
from services.feedback.reports.report import GROUPS

WORKBOOK = "report.xlsx"


def make(report: Mapping[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Return file name → content and content type."""
    files = {WORKBOOK: (make_workbook(report), workbook.CONTENT_TYPE)}
    files |= {f"{group}.csv": (as_csv(report, LAYOUT, group), CSV_TYPE) for group in GROUPS}
    files |= {f"{name}.svg": (charts.render(report, name), charts.CONTENT_TYPE) for name in CHART_NAMES}
    return files


def make_workbook(report: Mapping[str, Any]) -> bytes:
    """Return the workbook alone."""
    return workbook.render(report, LAYOUT)

"""Render all files of a stored report: a workbook, each table as CSV, each chart as SVG. Takes a second or two: `run_in_subprocess`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.feedback.reports import as_csv, as_xlsx, charts
from services.feedback.reports.headings import CHART_NAMES
from services.feedback.reports.report import GROUPS

WORKBOOK = "report.xlsx"


def make(report: Mapping[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Return file name → content and content type."""
    files = {WORKBOOK: (as_xlsx.render(report), as_xlsx.CONTENT_TYPE)}
    files |= {f"{group}.csv": (as_csv.render(report, group), as_csv.CONTENT_TYPE) for group in GROUPS}
    files |= {f"{name}.svg": (charts.render(report, name), charts.CONTENT_TYPE) for name in CHART_NAMES}
    return files

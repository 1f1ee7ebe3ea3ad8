"""Render a report as a workbook: a summary with charts, and a sheet per table. Takes 0.1 s: call it by `run_in_subprocess`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.chassis.text.csv_lists import as_text
from services.feedback.reports.headings import HEADINGS, TITLES, cells, columns
from services.feedback.reports.report import FIGURES

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_HEAD_FONT, _HEAD_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F5C99")
_WRAPPED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_WIDE = {"name": 46, "parent": 24, "board": 20, "code": 24}
_DECIMALS = {"in_time_percent": "0.0", "answer_days": "0.0", "rating": "0.00"}


def render(report: Mapping[str, Any]) -> bytes:
    """Return the workbook as bytes."""
    book = Workbook()
    book.properties.title = report["period"]["title"]
    book.properties.creator = "BHXH Việt Nam"
    # without a time zone, as the format requires
    book.properties.created = book.properties.modified = datetime.fromisoformat(report["made_at"]).replace(tzinfo=None)
    sheets = {group: _table(book.create_sheet(TITLES[group]), group, report[group]) for group in TITLES}
    _summary(book.worksheets[0], report, sheets)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _summary(sheet: Worksheet, report: Mapping[str, Any], sheets: Mapping[str, Worksheet]) -> None:
    sheet.title = "Tổng hợp"
    sheet["A1"] = "Báo cáo tiếp nhận và giải quyết phản ánh, kiến nghị"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = report["period"]["title"]
    sheet["A3"] = f"Lập lúc {datetime.fromisoformat(report['made_at']):%H:%M ngày %d/%m/%Y}"
    for place, name in enumerate(FIGURES, start=5):
        sheet.cell(place, 1, HEADINGS[name])
        value = sheet.cell(place, 2, report["totals"].get(name))
        value.number_format = _DECIMALS.get(name, "#,##0")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 14
    if report["weeks"]:
        sheet.add_chart(_lines(sheets["weeks"], len(report["weeks"])), "D5")
    if report["boards"]:
        sheet.add_chart(_bars(sheets["boards"], "boards", len(report["boards"]), "Theo ban"), "D22")


def _table(sheet: Worksheet, group: str, lines: list[dict[str, Any]]) -> Worksheet:
    names = columns(group)
    for place, name in enumerate(names, start=1):
        head = sheet.cell(1, place, HEADINGS[name])
        head.font, head.fill, head.alignment = _HEAD_FONT, _HEAD_FILL, _WRAPPED
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE.get(name, 13)
    for row, line in enumerate(lines, start=2):
        for place, value in enumerate(cells(group, line), start=1):
            cell = sheet.cell(row, place, as_text(value))
            cell.number_format = _DECIMALS.get(names[place - 1], "#,##0" if isinstance(value, int) else "General")
    sheet.row_dimensions[1].height = 45
    sheet.freeze_panes = "C2"
    if lines:
        sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    return sheet


def _lines(sheet: Worksheet, rows: int) -> LineChart:
    chart = LineChart()
    chart.title, chart.height, chart.width = "Theo tuần", 8, 18
    _series(chart, sheet, "weeks", rows, ("received", "settled", "open"))
    return chart


def _bars(sheet: Worksheet, group: str, rows: int, title: str) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "col", "stacked", 100
    chart.title, chart.height, chart.width = title, 8, 18
    _series(chart, sheet, group, rows, ("settled_in_time", "settled_late", "open_in_time", "open_late"))
    return chart


def _series(chart: LineChart | BarChart, sheet: Worksheet, group: str, rows: int, names: tuple[str, ...]) -> None:
    places = {name: place for place, name in enumerate(columns(group), start=1)}
    for name in names:
        chart.add_data(Reference(sheet, min_col=places[name], min_row=1, max_row=rows + 1), titles_from_data=True)
    label = places["week" if group == "weeks" else "name"]
    chart.set_categories(Reference(sheet, min_col=label, min_row=2, max_row=rows + 1))
    # otherwise newer Excel shows no axes
    chart.x_axis.delete = chart.y_axis.delete = False

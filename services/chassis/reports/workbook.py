"""Render a report as a workbook: a summary with charts, and a sheet per table. Takes 0.1 s or more: call it by `run_in_subprocess`."""

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

from services.chassis.reports.tables import Chart, Layout
from services.chassis.text.csv_cells import as_text

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_HEAD_FONT, _HEAD_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F5C99")
_WRAPPED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_WIDTH = 13
#: the rows that a chart covers, one below the other
_CHART_ROWS = 17


def render(report: Mapping[str, Any], layout: Layout) -> bytes:
    """Return the workbook as bytes. ``report``: ``period`` (with its title), ``made_at``, ``totals`` and the tables."""
    book = Workbook()
    book.properties.title = report["period"]["title"]
    book.properties.creator = "BHXH Việt Nam"
    # without a time zone, as the format requires
    book.properties.created = book.properties.modified = datetime.fromisoformat(report["made_at"]).replace(tzinfo=None)
    sheets = {
        table: _table(book.create_sheet(layout.titles[table]), layout, table, report[table]) for table in layout.columns
    }
    _summary(book.worksheets[0], report, layout)
    for place, chart in enumerate(chart for chart in layout.charts if report[chart.table]):
        rows = len(report[chart.table])
        book.worksheets[0].add_chart(_chart(chart, layout, sheets[chart.table], rows), f"D{5 + place * _CHART_ROWS}")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _summary(sheet: Worksheet, report: Mapping[str, Any], layout: Layout) -> None:
    sheet.title = "Tổng hợp"
    sheet["A1"] = layout.heading
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = report["period"]["title"]
    sheet["A3"] = f"Lập lúc {datetime.fromisoformat(report['made_at']):%H:%M ngày %d/%m/%Y}"
    for place, name in enumerate(layout.summary, start=5):
        sheet.cell(place, 1, layout.headings[name])
        value = sheet.cell(place, 2, report["totals"].get(name))
        value.number_format = layout.decimals.get(name, "#,##0")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 14
    _print_setup(sheet)


def _table(sheet: Worksheet, layout: Layout, table: str, lines: list[dict[str, Any]]) -> Worksheet:
    names = layout.columns[table]
    for place, name in enumerate(names, start=1):
        head = sheet.cell(1, place, layout.headings[name])
        head.font, head.fill, head.alignment = _HEAD_FONT, _HEAD_FILL, _WRAPPED
        sheet.column_dimensions[get_column_letter(place)].width = layout.widths.get(name, _WIDTH)
    for row, line in enumerate(lines, start=2):
        for place, name in enumerate(names, start=1):
            value = line.get(name)
            cell = sheet.cell(row, place, as_text(value))
            cell.number_format = layout.decimals.get(name, "#,##0" if isinstance(value, int) else "General")
    sheet.row_dimensions[1].height = 45
    sheet.freeze_panes = "C2"
    if lines:
        sheet.auto_filter.ref = sheet.dimensions
    _print_setup(sheet)
    sheet.print_title_rows = "1:1"
    return sheet


def _print_setup(sheet: Worksheet) -> None:
    """As wide as a sheet of A4 lying, and as long as need be."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _chart(chart: Chart, layout: Layout, sheet: Worksheet, rows: int) -> LineChart | BarChart:
    drawn = LineChart() if chart.kind == "lines" else BarChart()
    if isinstance(drawn, BarChart):
        drawn.type, drawn.grouping, drawn.overlap = "col", "stacked", 100
    drawn.title, drawn.height, drawn.width = chart.title, 8, 18
    places = {name: place for place, name in enumerate(layout.columns[chart.table], start=1)}
    for name in chart.series:
        drawn.add_data(Reference(sheet, min_col=places[name], min_row=1, max_row=rows + 1), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=places[chart.label], min_row=2, max_row=rows + 1))
    if isinstance(drawn, LineChart):
        for series in drawn.series:
            series.smooth = False  # a curve shows values between the weeks that nobody counted
    # otherwise newer Excel shows no axes
    drawn.x_axis.delete = drawn.y_axis.delete = False
    return drawn

"""Reports in a browser (pages 75 and 76): a sentence first, then tables with bars, a chart, files; and the weekly and monthly ones (F6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import marshmallow as ma
import sqlalchemy as sa
from flask import Response, render_template, request

from services.chassis.calendar import today_in_vietnam
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.reports import workbook
from services.chassis.reports.downloads import file_response, no_such_report, stored_file
from services.chassis.reports.periodic import find
from services.chassis.reports.tables import CSV_TYPE, as_csv
from services.chassis.web import paging
from services.chassis.web.pages import session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.chassis.web.wording import field_errors
from services.feedback.categories import tree
from services.feedback.categories.boards import BOARDS
from services.feedback.directory import responsible
from services.feedback.directory.callers import calling_staff
from services.feedback.reports.api import PERIODIC_READERS, READERS, build_for_caller, file_name
from services.feedback.reports.charts import CONTENT_TYPE
from services.feedback.reports.headings import CHART_NAMES, LAYOUT
from services.feedback.reports.report import GROUPS
from services.feedback.reports.rules import PeriodicReport
from services.feedback.reports.schemas import ReportQuery

reports = Pages("report_pages", __name__)
blueprints = (reports,)

_HERE = "/feedback/bao-cao"
_DAYS_AT_FIRST = 29
_SORTS: Final = {"ten": "name", "dung-han": "in_time_percent", "nhan": "received", "tre": "open_late"}
STATUS: Final = {
    "planned": _("chưa đến kỳ"),
    "making": _("đang lập"),
    "made": _("đã lập"),
    "failed": _("lỗi, người vận hành sẽ lập lại"),
}
KIND: Final = {"weekly": _("Tuần"), "monthly": _("Tháng")}


def _provinces() -> list[tuple[str, str]]:
    with resources.db.read() as db:
        found = responsible.list_all(db, responsible.PROVINCE)
    return [("", translate("Cả nước")), *((each.code, each.office) for each in found)]


def _categories() -> list[tuple[str, str]]:
    with resources.db.read() as db:
        found = [each for each in tree.listed(db) if each.open]
    return [("", translate("Mọi lĩnh vực")), *((each.code, each.name) for each in found)]


_FIELDS = {
    "from": Field(_("Từ ngày"), kind="date", classes="govuk-input--width-10"),
    "to": Field(_("Đến ngày"), kind="date", classes="govuk-input--width-10"),
    "province": Field(_("Tỉnh, thành phố"), kind="select", choices=_provinces),
    "board": Field(_("Ban theo dõi"), kind="select", choices=lambda: [("", translate("Mọi ban")), *BOARDS.items()]),
    "category": Field(_("Lĩnh vực"), kind="select", choices=_categories),
}


@reports.get("/bao-cao")
@session.requires(*READERS)
def show_report() -> Any:
    who = calling_staff()
    typed = _typed(request.args)
    form = Form(ReportQuery, _FIELDS, values=typed)
    report: dict[str, Any] | None = None
    try:
        query = ReportQuery().load({field: value for field, value in typed.items() if value})
        with form.refusals():
            report = build_for_caller(query)
    except ma.ValidationError as error:
        with form.refusals():
            raise Problem(422, "invalid-fields", errors=field_errors({"query": error.messages})) from None
    order = request.args.get("xep", "dung-han")
    order = order if order in _SORTS else "dung-han"
    asked = {name: value for name, value in typed.items() if value}
    return form.draw(
        "feedback/reports/report.html",
        report=report,
        provinces=_sorted(report["provinces"], order) if report else [],
        order=order,
        chooses_province=not who.is_office,
        chooses_board=not (who.role == "board" and not who.is_centre),
        sort_href=lambda name: f"{_HERE}?{urlencode(asked | {'xep': name})}",
        file_href=lambda name: f"{_HERE}/tep/{name}?{urlencode(asked)}",
        periodic=who.role in PERIODIC_READERS,
    )  # fmt: skip


@reports.get("/bao-cao/tep/<name>")
@session.requires(*READERS)
def show_file(name: str) -> Response:
    """Return a file of a report: a table as CSV, the workbook, or a chart as SVG, which the page shows as a picture."""
    try:
        typed = _typed(request.args)
        query = ReportQuery().load({field: value for field, value in typed.items() if value})
    except ma.ValidationError:
        raise Problem(404) from None
    stem, _dot, ending = name.rpartition(".")
    if ending == "csv" and stem in GROUPS:
        return file_response(as_csv(build_for_caller(query), LAYOUT, stem), CSV_TYPE, file_name(query, name))
    if name == "bao-cao.xlsx":
        made: bytes = run_in_subprocess("services.feedback.reports.files:make_workbook", build_for_caller(query))
        return file_response(made, workbook.CONTENT_TYPE, file_name(query, name))
    if ending == "svg" and stem in CHART_NAMES:
        drawn: bytes = run_in_subprocess("services.feedback.reports.charts:render", build_for_caller(query), stem)
        response = file_response(drawn, CONTENT_TYPE, file_name(query, name))
        response.headers["Content-Disposition"] = f'inline; filename="{stem}.svg"'
        return response
    raise Problem(404)


@reports.get("/bao-cao/dinh-ky")
@session.requires(*PERIODIC_READERS)
def list_periodic() -> str:
    query = {"limit": 50, "cursor": request.args.get("cursor") or None}
    with resources.db.read() as db:
        page = paging.fetch(db, sa.select(PeriodicReport), by=(PeriodicReport.ends_at, PeriodicReport.id), query=query)
    next_href = f"{_HERE}/dinh-ky?cursor={page['next_cursor']}" if page["next_cursor"] else ""
    return render_template(
        "feedback/reports/periodic_list.html", items=page["items"], status=STATUS, kinds=KIND, next_href=next_href
    )


@reports.get("/bao-cao/dinh-ky/<kind>/<name>")
@session.requires(*PERIODIC_READERS)
def show_periodic(kind: str, name: str) -> str:
    made = _find(kind, name)
    return render_template("feedback/reports/periodic.html", made=made, report=made.figures, status=STATUS)


@reports.get("/bao-cao/dinh-ky/<kind>/<name>/<file>")
@session.requires(*PERIODIC_READERS)
def show_periodic_file(kind: str, name: str, file: str) -> Response:
    response = stored_file(_find(kind, name), file)
    if file.endswith(".svg"):
        response.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return response


def _find(kind: str, name: str) -> PeriodicReport:
    with resources.db.read() as db:
        found = find(db, PeriodicReport, kind, name)
    if found is None:
        raise no_such_report()
    return found


def _typed(args: Mapping[str, str]) -> dict[str, str]:
    """Return what was asked; the last thirty days at first."""
    today = today_in_vietnam()
    at_first = {"from": (today - timedelta(days=_DAYS_AT_FIRST)).isoformat(), "to": today.isoformat()}
    return {name: args.get(name, at_first.get(name, ""))[:40] for name in _FIELDS}


def _sorted(lines: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Sort provinces by one column, the worst first; those without a figure come last."""
    column = _SORTS[order]
    if order == "ten":
        return sorted(lines, key=lambda line: str(line["name"]))
    sign = 1 if order == "dung-han" else -1
    return sorted(lines, key=lambda line: (line[column] is None, sign * (line[column] or 0), line["code"]))

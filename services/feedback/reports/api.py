"""`/reports` (F6): reports on any period as JSON, CSV, XLSX or chart, and the stored weekly and monthly ones."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.reports import workbook
from services.chassis.reports.downloads import file_response
from services.chassis.reports.kept import BINARY, add_endpoints
from services.chassis.reports.period import Period
from services.chassis.reports.tables import CSV_TYPE, as_csv
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback.categories import tree
from services.feedback.directory import responsible
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.reports import report, schemas
from services.feedback.reports.figures import Scope
from services.feedback.reports.headings import LAYOUT
from services.feedback.reports.rules import PeriodicReport

READERS = ("director", "board", "admin")
PERIODIC_READERS = ("board", "admin")
_SVG = "image/svg+xml"
_FILES = (CSV_TYPE, workbook.CONTENT_TYPE, _SVG)

blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="Complaints received, settled and late")


@blueprint.route("/complaints")
@problems(400, 401, 403, 422, 503)
@staff_only(*READERS)
@blueprint.arguments(schemas.ReportQuery, location="query")
@blueprint.response(200, schemas.ReportSchema)
def show(query: dict[str, Any]) -> dict[str, Any]:
    """Count complaints received, settled, late, reopened and rated, by province, board, category and week"""
    return build_for_caller(query)


@blueprint.route("/complaints.csv")
@problems(400, 401, 403, 422, 503)
@staff_only(*READERS)
@blueprint.arguments(schemas.TableQuery, location="query")
@blueprint.response(200, BINARY, content_type=CSV_TYPE)
def show_csv(query: dict[str, Any]) -> Response:
    """Download one table of the report as CSV (UTF-8 with a byte-order mark)"""
    table = query["table"]
    return file_response(as_csv(build_for_caller(query), LAYOUT, table), CSV_TYPE, file_name(query, f"{table}.csv"))


@blueprint.route("/complaints.xlsx")
@problems(400, 401, 403, 422, 503)
@staff_only(*READERS)
@blueprint.arguments(schemas.ReportQuery, location="query")
@blueprint.response(200, BINARY, content_type=workbook.CONTENT_TYPE)
def show_xlsx(query: dict[str, Any]) -> Response:
    """Download the report as a workbook with charts"""
    made: bytes = run_in_subprocess("services.feedback.reports.files:make_workbook", build_for_caller(query))
    return file_response(made, workbook.CONTENT_TYPE, file_name(query, "report.xlsx"))


@blueprint.route("/complaints.svg")
@problems(400, 401, 403, 422, 503)
@staff_only(*READERS)
@blueprint.arguments(schemas.ChartQuery, location="query")
@blueprint.response(200, BINARY, content_type=_SVG)
def show_svg(query: dict[str, Any]) -> Response:
    """Download a chart of the report as SVG"""
    chart = query["chart"]
    made: bytes = run_in_subprocess("services.feedback.reports.charts:render", build_for_caller(query), chart)
    return file_response(made, _SVG, file_name(query, f"{chart}.svg"))


add_endpoints(blueprint, PeriodicReport, schemas.PeriodicReportSchema, readers=staff_only(*PERIODIC_READERS), files=_FILES)


def build_for_caller(query: dict[str, Any]) -> dict[str, Any]:
    """Build the report that is asked for, in the caller's scope.

    :raises Problem: 403 for somebody else's complaints, 422 for an unknown province or category.
    """
    with resources.db.read() as session:
        return report.build(session, Period(query["from_"], query["to"]), _scope(session, query))


def _scope(session: Session, query: dict[str, Any]) -> Scope:
    """Return the requested scope, restricted to what the caller may see.

    :raises Problem: 403 for somebody else's complaints, 422 for an unknown province or category.
    """
    who = calling_staff()
    province, board = query["province"], query["board"]
    if who.is_office:
        if province not in (None, who.province_code):
            raise _not_yours(
                "province", vi="Chỉ xem được báo cáo của tỉnh mình.", en="You may see only your own province's report."
            )
        province = who.province_code
    elif who.role == "board" and not who.is_centre:
        if board not in (None, who.board_code):
            raise _not_yours(
                "board", vi="Chỉ xem được báo cáo của ban mình.", en="You may see only your own board's report."
            )
        board = who.board_code
    if province is not None and responsible.of_province(session, province) is None:
        raise _unknown("province", vi="Không có tỉnh mang mã này.", en="No province has this code.")
    return Scope(province, board, _categories(session, query["category"]))


def _categories(session: Session, code: str | None) -> tuple[str, ...] | None:
    if code is None:
        return None
    codes = tuple(each.code for each in tree.list_all(session, closed=True) if code in (each.code, each.parent))
    if not codes:
        raise _unknown("category", vi="Không có lĩnh vực mang mã này.", en="No category has this code.")
    return codes


def file_name(query: dict[str, Any], file: str) -> str:
    """Return the name of a download: its period, and the file."""
    return f"{query['from_']}_{query['to']}-{file}"


def _not_yours(field: str, *, vi: str, en: str) -> Problem:
    return Problem(403, f"not-your-{field}", vi=vi, en=en, errors=[field_error(field, place="query", vi=vi, en=en)])


def _unknown(field: str, *, vi: str, en: str) -> Problem:
    return Problem(422, "invalid-fields", errors=[field_error(field, place="query", vi=vi, en=en)])


blueprints = (blueprint,)

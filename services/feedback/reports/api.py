"""`/reports` (F6): reports on any period as JSON, CSV, XLSX or chart, and the stored weekly and monthly ones."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from services.chassis.documents import DocumentNotFound
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.web import paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback.categories import tree
from services.feedback.directory import responsible
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.reports import as_csv, report, schemas
from services.feedback.reports.figures import Scope
from services.feedback.reports.period import KINDS, Period
from services.feedback.reports.rules import PeriodicReport, find

_READERS = ("director", "board", "admin")
_PERIODIC_READERS = ("board", "admin")
_BINARY = {"type": "string", "format": "binary"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SVG = "image/svg+xml"
_FILES = (as_csv.CONTENT_TYPE, _XLSX, _SVG)

blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="Complaints received, settled and late")


@blueprint.route("/complaints")
@problems(400, 401, 403, 422, 503)
@staff_only(*_READERS)
@blueprint.arguments(schemas.ReportQuery, location="query")
@blueprint.response(200, schemas.ReportSchema)
def show(query: dict[str, Any]) -> dict[str, Any]:
    """Count complaints received, settled, late, reopened and rated, by province, board, category and week"""
    return _build(query)


@blueprint.route("/complaints.csv")
@problems(400, 401, 403, 422, 503)
@staff_only(*_READERS)
@blueprint.arguments(schemas.TableQuery, location="query")
@blueprint.response(200, _BINARY, content_type=as_csv.CONTENT_TYPE)
def show_csv(query: dict[str, Any]) -> Response:
    """Download one table of the report as CSV (UTF-8 with a byte-order mark)"""
    table = query["table"]
    return _file(as_csv.render(_build(query), table), as_csv.CONTENT_TYPE, _name(query, f"{table}.csv"))


@blueprint.route("/complaints.xlsx")
@problems(400, 401, 403, 422, 503)
@staff_only(*_READERS)
@blueprint.arguments(schemas.ReportQuery, location="query")
@blueprint.response(200, _BINARY, content_type=_XLSX)
def show_xlsx(query: dict[str, Any]) -> Response:
    """Download the report as a workbook with charts"""
    made: bytes = run_in_subprocess("services.feedback.reports.as_xlsx:render", _build(query))
    return _file(made, _XLSX, _name(query, "report.xlsx"))


@blueprint.route("/complaints.svg")
@problems(400, 401, 403, 422, 503)
@staff_only(*_READERS)
@blueprint.arguments(schemas.ChartQuery, location="query")
@blueprint.response(200, _BINARY, content_type=_SVG)
def show_svg(query: dict[str, Any]) -> Response:
    """Download a chart of the report as SVG"""
    chart = query["chart"]
    made: bytes = run_in_subprocess("services.feedback.reports.charts:render", _build(query), chart)
    return _file(made, _SVG, _name(query, f"{chart}.svg"))


@blueprint.route("/periodic")
@problems(400, 401, 403, 422, 503)
@staff_only(*_PERIODIC_READERS)
@blueprint.arguments(schemas.PeriodicQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.PeriodicSchema))
def list_periodic(query: dict[str, Any]) -> dict[str, Any]:
    """List the weekly and monthly reports, latest first; those of current periods are `planned`"""
    statement = sa.select(PeriodicReport)
    if query["kind"]:
        statement = statement.where(PeriodicReport.kind == query["kind"])
    with resources.db.read() as session:
        return paging.fetch(session, statement, by=(PeriodicReport.ends_at, PeriodicReport.id), query=query)


@blueprint.route("/periodic/<kind>/<name>")
@problems(400, 401, 403, 404, 503)
@staff_only(*_PERIODIC_READERS)
@blueprint.response(200, schemas.PeriodicReportSchema)
def show_periodic(kind: str, name: str) -> PeriodicReport:
    """Show a report as it was made after its period: `weekly/2026-W47`, `monthly/2026-11`"""
    with resources.db.read() as session:
        return _find(session, kind, name)


@blueprint.route("/periodic/<kind>/<name>/<file>")
@problems(400, 401, 403, 404, 503)
@staff_only(*_PERIODIC_READERS)
@blueprint.doc(responses={"200": {"description": "The file", "content": {key: {"schema": _BINARY} for key in _FILES}}})
def show_file(kind: str, name: str, file: str) -> Response:
    """Download a file of a report: `report.xlsx`, a table as CSV, a chart as SVG"""
    with resources.db.read() as session:
        stored = _find(session, kind, name).files.get(file)
    if stored is None:
        raise _no_such_report()
    try:
        content = resources.documents.get(stored["document_id"], sha256=stored["sha256"])
    except DocumentNotFound:
        raise _no_such_report() from None
    return _file(content, stored["content_type"], f"{kind}-{name}-{file}")


def _build(query: dict[str, Any]) -> dict[str, Any]:
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


def _find(session: Session, kind: str, name: str) -> PeriodicReport:
    report = find(session, kind, name) if kind in KINDS else None
    if report is None:
        raise _no_such_report()
    return report


def _name(query: dict[str, Any], file: str) -> str:
    return f"{query['from_']}_{query['to']}-{file}"


def _file(content: bytes, content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # a chart opened on its own is a document: it must not fetch or run anything
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _not_yours(field: str, *, vi: str, en: str) -> Problem:
    return Problem(403, f"not-your-{field}", vi=vi, en=en, errors=[field_error(field, place="query", vi=vi, en=en)])


def _unknown(field: str, *, vi: str, en: str) -> Problem:
    return Problem(422, "invalid-fields", errors=[field_error(field, place="query", vi=vi, en=en)])


def _no_such_report() -> Problem:
    return Problem(
        404,
        "no-such-report",
        vi="Không có báo cáo này, hoặc báo cáo chưa được lập.",
        en="This report does not exist, or has not been made yet.",
    )


blueprints = (blueprint,)

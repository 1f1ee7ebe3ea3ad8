"""Reports over HTTP (F6): on any days, as JSON, CSV, XLSX or chart; and the periodic ones, as they were made."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from services.chassis.bus.subprocesses import run_in_subprocess
from services.chassis.documents import DocumentNotFound
from services.chassis.web import paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback import categories, responsible
from services.feedback.actors import OFFICE_ROLES
from services.feedback.api import access, report_schemas
from services.feedback.reports import as_csv, periodic, report
from services.feedback.reports.figures import Scope
from services.feedback.reports.period import KINDS, Period

_READERS = ("director", "board", "admin")
_BINARY = {"type": "string", "format": "binary"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SVG = "image/svg+xml"
_FILES = (as_csv.CONTENT_TYPE, _XLSX, _SVG)


def blueprint() -> Blueprint:
    """The blueprint; a new one for each application."""
    made = Blueprint("reports", __name__, url_prefix="/reports", description="What came, was settled, and is late")
    _add_asked_for(made)
    _add_periodic(made)
    return made


def _add_asked_for(reports: Blueprint) -> None:
    @reports.route("/complaints")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*_READERS)
    @reports.arguments(report_schemas.ReportQuery, location="query")
    @reports.response(200, report_schemas.ReportSchema)
    def show(query: dict[str, Any]) -> Any:
        """Complaints received, settled, late, reopened and rated; by province, board, category and week"""
        return _build(query)

    @reports.route("/complaints.csv")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*_READERS)
    @reports.arguments(report_schemas.TableQuery, location="query")
    @reports.response(200, _BINARY, content_type=as_csv.CONTENT_TYPE)
    def show_csv(query: dict[str, Any]) -> Response:
        """One table of it as CSV (UTF-8 with a byte-order mark)"""
        table = query["table"]
        return _file(as_csv.render(_build(query), table), as_csv.CONTENT_TYPE, _name(query, f"{table}.csv"))

    @reports.route("/complaints.xlsx")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*_READERS)
    @reports.arguments(report_schemas.ReportQuery, location="query")
    @reports.response(200, _BINARY, content_type=_XLSX)
    def show_xlsx(query: dict[str, Any]) -> Response:
        """All of it as a workbook, with charts"""
        made: bytes = run_in_subprocess("services.feedback.reports.as_xlsx:render", _build(query))
        return _file(made, _XLSX, _name(query, "report.xlsx"))

    @reports.route("/complaints.svg")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*_READERS)
    @reports.arguments(report_schemas.ChartQuery, location="query")
    @reports.response(200, _BINARY, content_type=_SVG)
    def show_svg(query: dict[str, Any]) -> Response:
        """A chart of it as SVG"""
        chart = query["chart"]
        made: bytes = run_in_subprocess("services.feedback.reports.charts:render", _build(query), chart)
        return _file(made, _SVG, _name(query, f"{chart}.svg"))


def _add_periodic(reports: Blueprint) -> None:
    readers = ("board", "admin")

    @reports.route("/periodic")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*readers)
    @reports.arguments(report_schemas.PeriodicQuery, location="query")
    @reports.response(200, paging.page_of(report_schemas.PeriodicSchema))
    def list_periodic(query: dict[str, Any]) -> Any:
        """Reports of weeks and months, the latest first; the ones that run now are `planned`"""
        kept = periodic.PeriodicReport
        statement = sa.select(kept)
        if query["kind"]:
            statement = statement.where(kept.kind == query["kind"])
        with resources.db.read() as session:
            page = paging.fetch(session, statement, by=(kept.ends_at, kept.id), query=query)
            return page | {"items": [_shown(each) for each in page["items"]]}

    @reports.route("/periodic/<kind>/<name>")
    @problems(400, 401, 403, 404, 503)
    @access.staff(*readers)
    @reports.response(200, report_schemas.PeriodicReportSchema)
    def show_periodic(kind: str, name: str) -> Any:
        """A report as it was when its period was over: `weekly/2026-W47`, `monthly/2026-11`"""
        with resources.db.read() as session:
            found = _find(session, kind, name)
            return _shown(found) | {"report": found.figures}

    @reports.route("/periodic/<kind>/<name>/<file>")
    @problems(400, 401, 403, 404, 503)
    @access.staff(*readers)
    @reports.doc(responses={"200": {"description": "The file", "content": {key: {"schema": _BINARY} for key in _FILES}}})
    def show_file(kind: str, name: str, file: str) -> Response:
        """One of its files: `report.xlsx`, a table as CSV, a chart as SVG"""
        with resources.db.read() as session:
            kept = _find(session, kind, name).files.get(file)
        if kept is None:
            raise _no_such_report()
        try:
            content = resources.documents.get(kept["document_id"], sha256=kept["sha256"])
        except DocumentNotFound:
            raise _no_such_report() from None
        return _file(content, kept["content_type"], f"{kind}-{name}-{file}")


def _build(query: dict[str, Any]) -> dict[str, Any]:
    with resources.db.read() as session:
        return report.build(session, Period(query["from_"], query["to"]), _scope(session, query))


def _scope(session: Session, query: dict[str, Any]) -> Scope:
    """What is asked for, within what the caller may see.

    :raises Problem: 403 for what is another's, 422 for what there is not.
    """
    who = access.actor()
    province, board = query["province"], query["board"]
    if who.role in OFFICE_ROLES:
        if province not in (None, who.province_code):
            raise _others(
                "province", vi="Chỉ xem được báo cáo của tỉnh mình.", en="You see your own province's report only."
            )
        province = who.province_code
    elif who.role == "board" and not who.is_centre:
        if board not in (None, who.board_code):
            raise _others("board", vi="Chỉ xem được báo cáo của ban mình.", en="You see your own board's report only.")
        board = who.board_code
    if province is not None and responsible.of_province(session, province) is None:
        raise _unknown("province", vi="Không có tỉnh mang mã này.", en="There is no province of this code.")
    return Scope(province, board, _categories(session, query["category"]))


def _categories(session: Session, code: str | None) -> tuple[str, ...] | None:
    if code is None:
        return None
    found = tuple(each.code for each in categories.every(session, closed=True) if code in (each.code, each.parent))
    if not found:
        raise _unknown("category", vi="Không có lĩnh vực mang mã này.", en="There is no category of this code.")
    return found


def _find(session: Session, kind: str, name: str) -> periodic.PeriodicReport:
    found = periodic.find(session, kind, name) if kind in KINDS else None
    if found is None:
        raise _no_such_report()
    return found


def _shown(kept: periodic.PeriodicReport) -> dict[str, Any]:
    named = {name: getattr(kept, name) for name in ("kind", "name", "title", "status", "ends_at", "made_at")}
    return named | {"files": sorted(kept.files)}


def _name(query: dict[str, Any], file: str) -> str:
    return f"{query['from_']}_{query['to']}-{file}"


def _file(content: bytes, content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # a chart opened by itself is a document: it may not fetch or run anything
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _others(field: str, *, vi: str, en: str) -> Problem:
    return Problem(403, f"not-your-{field}", vi=vi, en=en, errors=[field_error(field, place="query", vi=vi, en=en)])


def _unknown(field: str, *, vi: str, en: str) -> Problem:
    return Problem(422, "invalid-fields", errors=[field_error(field, place="query", vi=vi, en=en)])


def _no_such_report() -> Problem:
    return Problem(
        404,
        "no-such-report",
        vi="Không có báo cáo này, hoặc báo cáo chưa được lập.",
        en="There is no such report, or it is not made yet.",
    )

"""`/reports` (R1): the progress of registration on any period as JSON, CSV or XLSX, and the stored weekly and monthly reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response

from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.reports import workbook
from services.chassis.reports.downloads import file_response
from services.chassis.reports.kept import BINARY, add_endpoints
from services.chassis.reports.period import Period
from services.chassis.reports.tables import CSV_TYPE, as_csv
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.registration.lookup import offices, units
from services.registration.reports import report, schemas
from services.registration.reports.figures import Scope
from services.registration.reports.layout import LAYOUT
from services.registration.reports.rules import PeriodicReport

#: the board that watches the progress of the whole country (2659, 3717 §5đ)
_CENTRE: Final = "cntt"
_PROVINCIAL: Final = ("officer", "approver", "director")

blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="The progress of registration (R1)")
blueprints = (blueprint,)


@blueprint.route("/progress")
@problems(400, 401, 403, 422, 503)
@auth.requires("board", *_PROVINCIAL)
@blueprint.arguments(schemas.ProgressQuery, location="query")
@blueprint.response(200, schemas.ProgressSchema)
def show(query: dict[str, Any]) -> dict[str, Any]:
    """Count declarations filed, received, approved, rejected, expired and in time, by province, office, channel and week

    The IT centre sees the whole country, staff of an office their own province.
    """
    return _build(query)


@blueprint.route("/progress.csv")
@problems(400, 401, 403, 422, 503)
@auth.requires("board", *_PROVINCIAL)
@blueprint.arguments(schemas.TableQuery, location="query")
@blueprint.response(200, BINARY, content_type=CSV_TYPE)
def show_csv(query: dict[str, Any]) -> Response:
    """Download one table of the report as CSV (UTF-8 with a byte-order mark)"""
    table = query["table"]
    return file_response(as_csv(_build(query), LAYOUT, table), CSV_TYPE, _name(query, f"{table}.csv"))


@blueprint.route("/progress.xlsx")
@problems(400, 401, 403, 422, 503)
@auth.requires("board", *_PROVINCIAL)
@blueprint.arguments(schemas.ProgressQuery, location="query")
@blueprint.response(200, BINARY, content_type=workbook.CONTENT_TYPE)
def show_xlsx(query: dict[str, Any]) -> Response:
    """Download the report as a workbook with charts"""
    made: bytes = run_in_subprocess("services.registration.reports.report:make_workbook", _build(query))
    return file_response(made, workbook.CONTENT_TYPE, _name(query, "progress.xlsx"))


def _build(query: dict[str, Any]) -> dict[str, Any]:
    scope = Scope(_province(query), query["office"], query["channel"], query["kind"])
    with resources.db.read() as session:
        return report.build(session, Period(query["from_"], query["to"]), scope)


def _province(query: dict[str, Any]) -> str | None:
    """Return the province to report on, restricted to what the caller may see.

    :raises Problem: 403 for another province, another board, or staff without a province; 422 for an unknown one.
    """
    who, asked = auth.principal(), query["province"]
    if who.role == "board":
        _must_be_centre()
        if asked is not None and asked != offices.NO_PROVINCE and not units.is_province(asked):
            vi, en = "Không có tỉnh mang mã này.", "No province has this code."
            raise Problem(422, "invalid-fields", errors=[field_error("province", place="query", vi=vi, en=en)])
        return None if asked is None else str(asked)
    own = who.claims.get("province")
    if not isinstance(own, str) or not own:
        vi, en = "Tài khoản chưa được gắn với cơ quan BHXH nào.", "This account is not assigned to an office."
        raise Problem(403, "no-office", vi=vi, en=en)
    if asked not in (None, own):
        vi, en = "Chỉ xem được báo cáo của tỉnh mình.", "You may see only your own province's report."
        raise Problem(403, "not-your-province", vi=vi, en=en, errors=[field_error("province", place="query", vi=vi, en=en)])
    return own


def _must_be_centre() -> None:
    """Check that the caller is the IT centre.

    :raises Problem: 403 for another board.
    """
    if auth.principal().claims.get("board") != _CENTRE:
        vi = "Chỉ Trung tâm Công nghệ thông tin xem được báo cáo này."
        raise Problem(403, "not-your-board", vi=vi, en="Only the IT centre may see this report.")


def _name(query: dict[str, Any], file: str) -> str:
    return f"{query['from_']}_{query['to']}-{file}"


def _centre_only(view: Callable[..., Any]) -> Callable[..., Any]:
    @auth.requires("board")
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        _must_be_centre()
        return view(*args, **kwargs)

    return wrapper


add_endpoints(
    blueprint, PeriodicReport, schemas.PeriodicProgressSchema, readers=_centre_only, files=(CSV_TYPE, workbook.CONTENT_TYPE)
)

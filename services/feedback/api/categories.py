"""Categories over HTTP (F2): the tree for everybody's forms, its keeping by the IT centre, and a suggestion for the clerk."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from services.chassis.text import csv_lists as lists
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback import categories, category_files
from services.feedback.actors import OFFICE_ROLES
from services.feedback.api import access, category_schemas
from services.feedback.categories import BOARDS, DAYS, Category
from services.feedback.suggestion import Keyword, suggest

_KEEPERS = ("board", "admin")
_CLERKS = (*OFFICE_ROLES, "board", "support", "admin")
_CSV = "text/csv; charset=utf-8"
_SECONDS = 300


def blueprint() -> Blueprint:
    """The blueprint; a new one for each application."""
    made = Blueprint("categories", __name__, url_prefix="/categories", description="What complaints are about")
    _add_reading(made)
    _add_keeping(made)
    return made


def _add_reading(made: Blueprint) -> None:
    @made.route("")
    @problems(503)
    @made.response(200, category_schemas.CategoryList)
    def show() -> Response:
        """The open categories, and which board watches each"""
        with resources.db.read() as session:
            found = categories.every(session)
        response = jsonify(category_schemas.CategoryList().dump({"items": [_shown(each) for each in found]}))
        response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
        return response

    @made.route("/suggestions", methods=["POST"])
    @problems(400, 401, 403, 415, 422, 503)
    @access.staff(*_CLERKS)
    @made.arguments(category_schemas.SuggestionBody)
    @made.response(200, category_schemas.Suggestions)
    def suggest_category(body: dict[str, Any]) -> dict[str, Any]:
        """Categories that a text may belong to, by keywords, with what was found; a help, the clerk decides"""
        with resources.db.read() as session:
            open_ones = categories.every(session)
        by_code = {each.code: each for each in open_ones}
        return {
            "items": [
                {
                    "code": each.code,
                    "name": by_code[each.code].name,
                    "board": by_code[each.code].board,
                    "score": each.score,
                    "because": [found._asdict() for found in each.because],
                }
                for each in suggest(body["text"], categories.hints(open_ones))
            ]
        }


def _add_keeping(made: Blueprint) -> None:
    @made.route("/list.csv")
    @problems(401, 403, 503)
    @access.staff(*_KEEPERS)
    @made.response(200, {"type": "string", "format": "binary"}, content_type=_CSV)
    def export() -> Response:
        """The open categories as the CSV that `vss complaints categories import` takes back"""
        with resources.db.read() as session:
            text = category_files.write(categories.every(session))
        response = Response(("\ufeff" + text).encode(), content_type=_CSV)
        response.headers["Content-Disposition"] = 'attachment; filename="categories.csv"'
        return response

    @made.route("/<code>")
    @problems(401, 403, 404, 503)
    @access.staff(*_CLERKS)
    @made.response(200, category_schemas.KeptCategorySchema)
    def show_one(code: str) -> dict[str, Any]:
        """A category with its days and keywords, closed ones too"""
        with resources.db.read() as session:
            return _shown(_find(session, code))

    @made.route("/<code>/history")
    @problems(401, 403, 404, 503)
    @access.staff(*_CLERKS)
    @made.response(200, category_schemas.History)
    def history(code: str) -> dict[str, Any]:
        """Who changed what, when and why"""
        with resources.db.read() as session:
            _find(session, code)
            return {"items": categories.history(session, code)}

    @made.route("/<code>", methods=["PUT"])
    @problems(400, 401, 403, 415, 422, 503)
    @access.staff(*_KEEPERS)
    @made.arguments(category_schemas.CategoryBody)
    @made.response(200, category_schemas.KeptCategorySchema)
    def put(body: dict[str, Any], code: str) -> dict[str, Any]:
        """Add a category, or change, close or reopen one; complaints keep the board that they have"""
        who = access.actor()
        if who.role == "board" and not who.is_centre:
            raise Problem(
                403, "only-the-centre", vi="Danh mục do Trung tâm CNTT quản lý.", en="The IT centre keeps the categories."
            )
        reason = body.pop("reason")
        body["keywords"] = tuple(dict.fromkeys(Keyword.read(each) for each in body["keywords"]))
        given = Category(code=code, **(body | {"examples": tuple(dict.fromkeys(body["examples"]))}))
        with resources.db.write() as session:
            try:
                categories.put(session, [given], reason=reason, actor=who.account_id)
            except lists.BadList as error:
                raise _wrong(error) from None
        return _shown(given)


def _find(session: Any, code: str) -> Category:
    found = [each for each in categories.every(session, closed=True) if each.code == code]
    if not found:
        raise Problem(404, "no-such-category", vi="Không có lĩnh vực mang mã này.", en="There is no category of this code.")
    return found[0]


def _shown(category: Category) -> dict[str, Any]:
    return category.as_dict() | {"board_name": BOARDS[category.board]}


def _wrong(error: lists.BadList) -> Problem:
    """The tree would not be right: each fault names its field, as in `sai-ten: board: …`."""
    named = ("code", "parent", "board", "name", "keywords", "examples", *DAYS)
    errors = []
    for fault in error.faults:
        field = next((part for part in fault.split(": ")[:-1] if part in named), "")
        vi = "Cây lĩnh vực sẽ không còn đúng: mỗi nhánh thuộc một ban, hai cấp, mỗi ban ít nhất một lĩnh vực đang mở."
        errors.append(field_error(field, vi=vi, en=fault))
    return Problem(422, "invalid-fields", errors=errors)

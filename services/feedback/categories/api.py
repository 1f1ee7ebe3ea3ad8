"""`/categories` (F2): show the tree, let the IT centre maintain it, and suggest a category to the clerk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.chassis.text.csv_lists import BadList
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback.categories import schemas, spreadsheet, tree
from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import DAYS, Category
from services.feedback.categories.suggestion import Keyword, suggest
from services.feedback.directory.actors import OFFICE_ROLES, Actor
from services.feedback.directory.callers import calling_staff, staff_only

KEEPERS = ("board", "admin")
_CLERKS = (*OFFICE_ROLES, "board", "support", "admin")
_CSV = "text/csv; charset=utf-8"
_CACHE_SECONDS = 300

blueprint = Blueprint("categories", __name__, url_prefix="/categories", description="Categories of complaints")


@blueprint.route("")
@problems(503)
@budgets.bounded(budgets.LOOKUPS)
@blueprint.response(200, schemas.CategoryList)
def show() -> Response:
    """List the open categories and the board that watches each"""
    with resources.db.read() as session:
        categories = tree.list_all(session)
    response = jsonify(schemas.CategoryList().dump({"items": [_shown(each) for each in categories]}))
    response.headers["Cache-Control"] = f"public, max-age={_CACHE_SECONDS}"
    return response


@blueprint.route("/suggestions", methods=["POST"])
@problems(400, 401, 403, 415, 422, 503)
@staff_only(*_CLERKS)
@blueprint.arguments(schemas.SuggestionBody)
@blueprint.response(200, schemas.Suggestions)
def suggest_category(body: dict[str, Any]) -> dict[str, Any]:
    """Suggest categories for a text by its keywords, with the keywords found; the clerk decides"""
    with resources.db.read() as session:
        by_code = {each.code: each for each in tree.list_all(session)}
    return {
        "items": [
            asdict(each)
            | {"name": by_code[each.code].name, "board": by_code[each.code].board}
            | {"because": [found._asdict() for found in each.because]}
            for each in suggest(body["text"], tree.hints(by_code.values()))
        ]
    }


@blueprint.route("/list.csv")
@problems(401, 403, 503)
@staff_only(*KEEPERS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=_CSV)
def export() -> Response:
    """Export the open categories as CSV, which `vss complaints categories import` reads"""
    with resources.db.read() as session:
        text = spreadsheet.write_csv(tree.list_all(session))
    response = Response(("\ufeff" + text).encode(), content_type=_CSV)
    response.headers["Content-Disposition"] = 'attachment; filename="categories.csv"'
    return response


@blueprint.route("/<code>")
@problems(401, 403, 404, 503)
@staff_only(*_CLERKS)
@blueprint.response(200, schemas.KeptCategorySchema)
def show_one(code: str) -> dict[str, Any]:
    """Show a category, open or closed, with its days and keywords"""
    with resources.db.read() as session:
        return _shown(find_category(session, code))


@blueprint.route("/<code>/history")
@problems(401, 403, 404, 503)
@staff_only(*_CLERKS)
@blueprint.response(200, schemas.History)
def history(code: str) -> dict[str, Any]:
    """List who changed what, when and why"""
    with resources.db.read() as session:
        find_category(session, code)
        return {"items": tree.history_of(session, code)}


@blueprint.route("/<code>", methods=["PUT"])
@problems(400, 401, 403, 415, 422, 503)
@staff_only(*KEEPERS)
@blueprint.arguments(schemas.CategoryBody)
@blueprint.response(200, schemas.KeptCategorySchema)
def put(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Add a category, or change, close or reopen one; existing complaints keep their board"""
    with resources.db.write() as session:
        return _shown(put_category(session, calling_staff(), code, body))


def put_category(session: Session, who: Actor, code: str, body: dict[str, Any]) -> Category:
    """Store a category as the IT centre gives it; return it.

    :param body: as `CategoryBody` loads it.
    :raises Problem: 403 for another board, 422 for a tree that would be invalid.
    """
    if who.role == "board" and not who.is_centre:
        raise Problem(
            403,
            "only-the-centre",
            vi="Danh mục do Trung tâm CNTT quản lý.",
            en="Only the IT centre may change the categories.",
        )
    keywords = tuple(dict.fromkeys(Keyword.read(each) for each in body["keywords"]))
    examples = tuple(dict.fromkeys(body["examples"]))
    given = {name: value for name, value in body.items() if name != "reason"}
    category = Category(**given | {"code": code, "keywords": keywords, "examples": examples})
    try:
        tree.put(session, [category], reason=body["reason"], actor=who.account_id)
    except BadList as error:
        raise _invalid_tree(error) from None
    return category


def find_category(session: Session, code: str) -> Category:
    """Return a category, open or closed.

    :raises Problem: 404 for an unknown one.
    """
    category = next((each for each in tree.list_all(session, closed=True) if each.code == code), None)
    if category is None:
        raise Problem(404, "no-such-category", vi="Không có lĩnh vực mang mã này.", en="No category has this code.")
    return category


def _shown(category: Category) -> dict[str, Any]:
    return category.as_dict() | {"board_name": BOARDS[category.board]}


def _invalid_tree(error: BadList) -> Problem:
    """Return the 422 for a tree that would be invalid; each fault names its field, as in `sai-ten: board: …`."""
    fields = ("code", "parent", "board", "name", "keywords", "examples", *DAYS)
    vi = "Cây lĩnh vực sẽ không còn đúng: mỗi nhánh thuộc một ban, hai cấp, mỗi ban ít nhất một lĩnh vực đang mở."
    errors = []
    for fault in error.faults:
        field = next((part for part in fault.split(": ")[:-1] if part in fields), "")
        errors.append(field_error(field, vi=vi, en=fault))
    return Problem(422, "invalid-fields", errors=errors)


blueprints = (blueprint,)

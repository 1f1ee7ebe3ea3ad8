"""`/faq`: questions that are often asked, for everybody; kept by the IT centre (U1)."""

from __future__ import annotations

import re
from typing import Any, Final

from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.faq import rules, schemas
from services.feedback.faq.rules import Question

KEEPERS: Final = ("board", "admin")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,11}")
_LONGEST_CODE = 60

blueprint = Blueprint("faq", __name__, url_prefix="/faq", description="Questions that are often asked")
blueprints = (blueprint,)


@blueprint.route("")
@problems(400, 422, 503)
@budgets.bounded(budgets.LOOKUPS)
@blueprint.arguments(schemas.FaqQuery, location="query")
@blueprint.response(200, schemas.FaqList)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the questions of a theme, or those that words ask for, the likeliest first"""
    with resources.db.read() as session:
        if query["q"]:
            found = rules.search(session, query["q"])
            return {"items": [each for each in found if query["theme"] in (None, each.theme)]}
        return {"items": rules.list_all(session, theme=query["theme"])}


@blueprint.route("/all")
@problems(401, 403, 503)
@staff_only(*KEEPERS)
@blueprint.response(200, schemas.KeptFaqList)
def list_kept() -> dict[str, Any]:
    """List every question with its keywords, closed ones too, for its keepers"""
    keeper()
    with resources.db.read() as session:
        return {"items": rules.list_all(session, closed=True)}


@blueprint.route("/<code>")
@problems(404, 503)
@budgets.bounded(budgets.LOOKUPS)
@blueprint.response(200, schemas.FaqQuestionSchema)
def show(code: str) -> Question:
    """Show a question with its answer"""
    with resources.db.read() as session:
        found = rules.find(session, code)
    if found is None or not found.open:
        raise Problem(404, "no-such-question", vi="Không có câu hỏi này.", en="There is no such question.")
    return found


@blueprint.route("/<code>", methods=["PUT"])
@problems(400, 401, 403, 415, 422, 503)
@staff_only(*KEEPERS)
@blueprint.arguments(schemas.QuestionBody)
@blueprint.response(200, schemas.KeptFaqQuestionSchema)
def put(body: dict[str, Any], code: str) -> Question:
    """Add a question, or change, close or reopen one, as the IT centre"""
    who = keeper()
    must_be_a_code(code)
    with resources.db.write() as session:
        return rules.put(session, code, body, who)


def keeper() -> Actor:
    """Return the caller, who keeps the questions.

    :raises Problem: 403 for another board.
    """
    who = calling_staff()
    if who.role == "board" and not who.is_centre:
        raise Problem(
            403,
            "only-the-centre",
            vi="Câu hỏi thường gặp do Trung tâm CNTT biên tập.",
            en="Only the IT centre edits the questions.",
        )
    return who


def must_be_a_code(code: str) -> None:
    """Check the name of a question in addresses.

    :raises Problem: 422 for anything else.
    """
    if not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE or code == "all":
        wrong = field_error(
            "code",
            place="path",
            vi="Mã câu hỏi gồm chữ thường không dấu, chữ số và gạch nối, như quen-mat-khau.",
            en="The code of a question is lower-case letters, digits and hyphens, as in quen-mat-khau.",
        )
        raise Problem(422, "invalid-fields", errors=[wrong])

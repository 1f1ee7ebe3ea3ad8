"""`/sign-ins`: show people who has signed in to their account, and who has tried."""

import uuid
from typing import Any

from services.accounts.accounts.roles import ANYBODY
from services.accounts.accounts.rules import Account
from services.accounts.sessions.tokens import require_session
from services.accounts.sign_ins.rules import SignInRecord, sign_ins_of
from services.accounts.sign_ins.schemas import SignInShown
from services.accounts.staff.rules import visible_to
from services.chassis.web import auth, budgets, looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

sign_ins = Blueprint(
    "sign_ins", url_prefix="/sign-ins", description="Sign-ins to the caller's own account, good and failed (A15)"
)
staff_sign_ins = Blueprint("staff_sign_ins", url_prefix="/staff", description="Sign-ins of staff (A15)")
blueprints = (sign_ins, staff_sign_ins)

_Page = paging.page_of(SignInShown)
_BY = (SignInRecord.at, SignInRecord.id)


@sign_ins.route("")
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sign_ins.arguments(paging.PageQuery, location="query")
@sign_ins.response(200, _Page)
def list_own(query: dict[str, Any]) -> dict[str, Any]:
    """List sign-ins to your own account, good and failed, newest first

    Attempts that a limit refused are not among them. Kept for SIGN_INS_DAYS.
    """
    paging.judge_cursor(query, by=_BY)
    with resources.db.write() as session:
        account, current = require_session(session, auth.principal().claims, resources.settings)
        return _page(session, account.id, query, current.device)


@staff_sign_ins.route("/<uuid:account_id>/sign-ins")
@auth.requires("admin", "director")
@staff_sign_ins.recorded
@staff_sign_ins.arguments(paging.PageQuery, location="query")
@staff_sign_ins.response(200, _Page)
@staff_sign_ins.alt_response(404, "NOT_FOUND")
def list_of_staff(query: dict[str, Any], account_id: uuid.UUID) -> dict[str, Any]:
    """List sign-ins of a member of staff: an administrator of all, a director of those in their own province. Never of citizens"""
    with resources.db.write() as session:
        if session.scalar(visible_to(auth.principal().claims).where(Account.id == account_id)) is None:
            raise Problem(404)
        looks.look(session, "sign_ins_of_staff", str(account_id), because="staff_administration")
        return _page(session, account_id, query, None)


def _page(session: Any, account_id: uuid.UUID, query: dict[str, Any], device: str | None) -> dict[str, Any]:
    page = paging.fetch(session, sign_ins_of(account_id), by=_BY, query=query)
    shown = [
        {
            "at": each.at,
            "result": each.result,
            "source": each.source,
            "this_device": device is not None and each.device == device,
        }
        for each in page["items"]
    ]
    return page | {"items": shown}

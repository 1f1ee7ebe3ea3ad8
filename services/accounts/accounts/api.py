"""`/me`: show people their own account (A10, A11)."""

import uuid
from typing import Any

from services.accounts.accounts.guardianship import children_of
from services.accounts.accounts.roles import SIGNED_IN
from services.accounts.accounts.rules import ACTIVE, Account
from services.accounts.accounts.schemas import Children, Profile
from services.accounts.sessions.refusals import session_over
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

me = Blueprint("me", url_prefix="/me", description="The caller's own account")
blueprints = (me,)


@me.route("")
@auth.requires(*SIGNED_IN)
@budgets.bounded(budgets.SIGN_INS)
@me.response(200, Profile)
def profile() -> Account:
    """Show the profile (A11)"""
    with resources.db.read() as session:
        account = session.get(Account, uuid.UUID(auth.principal().id))
        if account is None or account.status != ACTIVE:
            raise session_over()
        return account


@me.route("/children")
@auth.requires(*SIGNED_IN)
@budgets.bounded(budgets.SIGN_INS)
@me.response(200, Children)
def children() -> dict[str, Any]:
    """List the children whose accounts were registered from this one (A10)"""
    with resources.db.read() as session:
        return {"items": children_of(session, uuid.UUID(auth.principal().id))}

"""What a person sees of the own account (A10, A11)."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from services.accounts import problems
from services.accounts.api import shapes
from services.accounts.model import ACTIVE, Account, Guardianship
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

me = Blueprint("me", url_prefix="/me", description="The own account")


@me.route("")
@auth.requires(*shapes.SIGNED_IN)
@me.response(200, shapes.Profile)
def profile() -> Account:
    """The profile (A11)"""
    with resources.db.read() as session:
        account = session.get(Account, uuid.UUID(auth.principal().id))
        if account is None or account.status != ACTIVE:
            raise problems.session_over()
        return account


@me.route("/children")
@auth.requires(*shapes.SIGNED_IN)
@me.response(200, shapes.Children)
def children() -> dict[str, Any]:
    """The children whose accounts were registered from this one (A10)"""
    query = (
        sa.select(Account, Guardianship)
        .join(Guardianship, Guardianship.child_id == Account.id)
        .where(Guardianship.guardian_id == uuid.UUID(auth.principal().id))
        .order_by(Guardianship.linked_at, Account.id)
    )
    with resources.db.read() as session:
        return {"items": [_child(child, link) for child, link in session.execute(query)]}


def _child(child: Account, link: Guardianship) -> dict[str, Any]:
    return {
        "account_id": child.id,
        "bhxh_code": child.bhxh_code,
        "full_name": child.full_name,
        "date_of_birth": child.date_of_birth,
        "relationship": link.relationship,
        "status": child.status,
        "linked_at": link.linked_at,
    }

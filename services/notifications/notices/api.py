"""`/notices`: show operators what providers have told us about themselves or our account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis.web import auth, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources
from services.notifications.notices.rules import Notice
from services.notifications.notices.schemas import NoticeQuery, NoticeSchema

notices = Blueprint("notices", url_prefix="/notices", description="What providers told us about themselves or our account")


@notices.route("")
@auth.requires("support", "admin")
@notices.arguments(NoticeQuery, location="query")
@notices.response(200, paging.page_of(NoticeSchema), description="Newest first")
@notices.alt_response(422, "UNPROCESSABLE_ENTITY")
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the notices of providers."""
    chosen = sa.select(Notice)
    if "kind" in query:
        chosen = chosen.where(Notice.kind == query["kind"])
    with resources.db.read() as session:
        return paging.fetch(session, chosen, by=(Notice.received_at, Notice.id), query=query)


blueprints = (notices,)

"""`/messages`: show support what became of the messages about a dossier, complaint or account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis.web import auth, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources
from services.notifications.messages.rules import Message
from services.notifications.messages.schemas import MessageQuery, MessageSchema

messages = Blueprint("messages", url_prefix="/messages", description="Messages and what became of them")


@messages.route("")
@auth.requires("support", "director", "admin")
@messages.arguments(MessageQuery, location="query")
@messages.response(200, paging.page_of(MessageSchema), description="Newest first")
@messages.alt_response(422, "UNPROCESSABLE_ENTITY")
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the messages about a dossier, complaint or account."""
    with resources.db.read() as session:
        about = sa.select(Message).where(Message.ref == query["ref"])
        return paging.fetch(session, about, by=(Message.created_at, Message.id), query=query)


blueprints = (messages,)

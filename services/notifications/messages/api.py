"""`/messages`: show support what became of the messages about a dossier, complaint or account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis.web import auth, looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources
from services.notifications.messages.catalogue import WITH_SECRET
from services.notifications.messages.rules import Message
from services.notifications.messages.schemas import MessageQuery, MessageSchema

messages = Blueprint("messages", url_prefix="/messages", description="Messages and what became of them")


@messages.route("")
@auth.requires("support", "director", "admin")
@messages.recorded
@messages.arguments(MessageQuery, location="query")
@messages.response(200, paging.page_of(MessageSchema), description="Newest first")
@messages.alt_response(422, "UNPROCESSABLE_ENTITY")
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the messages about a dossier, complaint or account, or the secrets that did not arrive

    Recorded in the history (V16); the list about one number needs the header `X-Purpose`.
    """
    about = sa.select(Message)
    if "ref" in query:
        about = about.where(Message.ref == query["ref"])
    if query.get("secrets_undelivered"):
        about = about.where(Message.code.is_not(None), Message.template.in_(WITH_SECRET))
    with resources.db.write() as session:
        page = paging.fetch(session, about, by=(Message.created_at, Message.id), query=query)
        if "ref" in query:
            looks.look(session, "messages", query["ref"], because=None)
        else:
            numbers = dict.fromkeys(message.ref for message in page["items"])
            looks.look_at_list(session, "messages", numbers, because="undelivered_secrets")
        return page


blueprints = (messages,)

"""Show who looked at something and who changed it, to administrators and directors (V16). Every service has it."""

from datetime import datetime, timedelta
from typing import Any

import marshmallow as ma

from services.chassis import clock
from services.chassis.history import entries_about
from services.chassis.web import auth, looks
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.resources import resources
from services.chassis.web.typed import QuotedNumber

#: of lists, which have no index by number
_LISTS_FOR_DAYS = 90

api = Blueprint("history-of-looks", url_prefix="/history", description="Who looked, who changed (V16)")


class LooksQuery(ma.Schema):
    about = QuotedNumber(
        required=True,
        validate=ma.validate.Length(1, 64),
        metadata={"description": "number of a dossier or complaint, or id of an account"},
    )
    list_days = ma.fields.Integer(
        load_default=_LISTS_FOR_DAYS,
        validate=ma.validate.Range(0, 3650),
        metadata={"description": "lists of so many days are looked through, too"},
    )


class Look(ma.Schema):
    at = Moment(required=True)
    actor = ma.fields.String(required=True, metadata={"description": "account id, or `vss:NAME` for an operator"})
    role = ma.fields.String(required=True, allow_none=True)
    office_code = ma.fields.String(required=True, allow_none=True, metadata={"description": "office or board"})
    action = ma.fields.String(required=True, metadata={"example": "viewed"})
    kind = ma.fields.String(required=True, metadata={"example": "dossier"})
    about = ma.fields.String(required=True, allow_none=True, metadata={"description": "null: a list that it stood in"})
    purpose = ma.fields.String(required=True, metadata={"example": "own_claim"})
    details: ma.fields.Field[Any] = ma.fields.Dict(required=True)


class Looks(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(Look), required=True)


@api.route("")
@auth.requires("admin", "director")
@api.arguments(LooksQuery, location="query")
@api.response(200, Looks)
def list_looks(query: dict[str, Any]) -> dict[str, Any]:
    """List who looked at a dossier, complaint or account and who changed it, oldest first (V16)

    An administrator sees all, a director what staff of their own province did. Asking is itself recorded.
    """
    who = auth.principal()
    province = None if who.role == "admin" else str(who.claims.get("province") or "")
    since: datetime = clock.now() - timedelta(days=query["list_days"])
    with resources.db.write() as session:
        found = entries_about(session, query["about"], since=since, province=province)
        looks.look(session, "history", query["about"], because="audit", action="audited")
        return {"items": [_without_others(each) for each in found]}


def _without_others(entry: Any) -> dict[str, Any]:
    """Return an entry; of a list only how many others there were."""
    return dict(entry) | {"details": {name: value for name, value in entry["details"].items() if name != "numbers"}}


blueprints = (api,)

"""What Twilio says of an SMS after it has taken it. May come twice, late, in any order, and before our own row says `sent`."""

from __future__ import annotations

import time
import uuid

import marshmallow as ma
from flask import request
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, field_error
from services.notifications.model import Message, known_as_sent, locked, usually_delivered
from services.notifications.settings import Settings
from services.notifications.sms import REFUSED
from services.notifications.sms_twilio import CODES

log = get_logger(__name__)

_ARRIVED, _LOST, _TAKEN = frozenset({"delivered", "read"}), frozenset({"undelivered", "failed"}), frozenset({"sent"})
_FORM = "application/x-www-form-urlencoded"
_LONGEST_SID = 64
#: a word of `sent` may overtake our own row, whose transaction begins when Twilio has answered
_OWN_ROW_SECONDS = 0.25


class StatusCallback(ma.Schema):
    """The parameters that are looked at; Twilio sends more. Documents only: all of them are in the signature."""

    MessageSid = ma.fields.String(required=True, metadata={"example": "SM" + "0" * 32})
    MessageStatus = ma.fields.String(required=True, metadata={"example": "delivered"})
    ErrorCode = ma.fields.String(metadata={"description": "Twilio's, if it failed", "example": "30003"})


def blueprint(resources: Resources[Settings]) -> Blueprint:
    """The callback, checked with the account's token."""
    settings = resources.settings
    validator = RequestValidator(settings.twilio_auth_token.reveal())
    # as Twilio was told it: behind a proxy this process sees another host and scheme
    base = settings.callback_base_url.reveal().rstrip("/")
    callbacks = Blueprint("twilio", url_prefix="/callbacks/twilio", description="Called by Twilio")

    @callbacks.route("", methods=["POST"])
    @callbacks.doc(
        parameters=[
            {"in": "query", "name": "message", "required": True, "schema": {"type": "string", "format": "uuid"}},
            {"in": "header", "name": "X-Twilio-Signature", "required": True, "schema": {"type": "string"}},
        ],
        requestBody={"required": True, "content": {_FORM: {"schema": StatusCallback}}},
    )
    @callbacks.response(204, description="Noted, or nothing new")
    @callbacks.alt_response(403, "FORBIDDEN")
    @callbacks.alt_response(404, "NOT_FOUND")
    @callbacks.alt_response(422, "UNPROCESSABLE_ENTITY")
    def status() -> None:
        """What became of an SMS."""
        query = request.query_string.decode("ascii", "replace")
        url = f"{base}{request.path}{'?' + query if query else ''}"
        signature = request.headers.get("X-Twilio-Signature", "")
        if settings.sms_provider != "twilio" or not validator.validate(url, request.form, signature):
            log.warning("callback_refused", reason="signature")
            raise Problem(
                403, "wrong-signature", vi="Chữ ký của Twilio không đúng.", en="This is not signed with the account's token."
            )
        message_id = _message_id()
        sid, said = _required("MessageSid"), _required("MessageStatus")
        if said not in _ARRIVED | _LOST and not _is_news(resources.db, message_id, said):
            return
        with resources.db.write() as session:
            if said in _ARRIVED and usually_delivered(session, message_id, at=clock.now()):
                return
            message = locked(session, message_id)
            if message is None:
                raise Problem(404)
            _note(session, message, sid, said)

    return callbacks


def _is_news(database: Database, message_id: uuid.UUID, said: str) -> bool:
    """Whether a word on the way tells us something: only `sent`, and only if we do not know it ourselves. A look, no lock."""
    for again in (True, False):
        with database.read() as session:
            known = known_as_sent(session, message_id)
        if known is None:
            raise Problem(404)
        if known or said not in _TAKEN:
            return False
        if again:
            time.sleep(_OWN_ROW_SECONDS)
    return True


def _note(session: Session, message: Message, sid: str, said: str) -> None:
    now = clock.now()
    if said in _ARRIVED | _TAKEN:
        # faster than our own row, or our own word was lost in a crash: it has been handed over all the same
        message.handed_over(session, at=now, provider_id=sid, text=None, segments=None)
    if said in _ARRIVED:
        message.delivered(session, at=now)
    elif said in _LOST and message.provider_id in (None, sid):
        # of a second copy's failure the first knows nothing
        message.provider_id = sid
        message.failed(session, at=now, code=_code(request.form.get("ErrorCode", "")))


def _code(number: str) -> str:
    return CODES.get(int(number), REFUSED) if number.isdecimal() and len(number) < 10 else REFUSED


def _message_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("message", ""))
    except ValueError:
        raise Problem(404) from None


def _required(name: str) -> str:
    value = request.form.get(name, "")
    if not 0 < len(value) <= _LONGEST_SID:
        raise Problem(422, errors=[field_error(name, vi="Thiếu thông tin bắt buộc.", en="Missing data for required field.")])
    return value

"""Receive Twilio's delivery reports. They may arrive twice, late, in any order, and before our own row says `sent`."""

from __future__ import annotations

import time
import uuid

from flask import request
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, field_error
from services.notifications.messages.rules import Message
from services.notifications.messages.updates import is_known_as_sent, lock_message, mark_delivered_if_sent
from services.notifications.notices.rules import Kind, keep_notice
from services.notifications.settings import Settings
from services.notifications.sms.port import TWILIO
from services.notifications.sms.schemas import StatusCallback
from services.notifications.sms.twilio import ARRIVED, LOST, receipt_of

log = get_logger(__name__)

#: the Twilio statuses that say that it is on its way: only `sent` is news
_TAKEN, _ON_ITS_WAY = "sent", frozenset({"accepted", "scheduled", "queued", "sending", "sent", "partially_delivered"})
_FORM = "application/x-www-form-urlencoded"
_LONGEST_SID = 64
#: a report of `sent` may overtake our own record, whose transaction begins after Twilio's response
_OWN_ROW_SECONDS = 0.25


def blueprints(resources: Resources[Settings]) -> list[Blueprint]:
    """Return the callback; it checks Twilio's signature with the account's token."""
    settings = resources.settings
    validator = RequestValidator(settings.twilio_auth_token.reveal())
    # the URL given to Twilio: behind a proxy this process sees another host and scheme
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
    @budgets.uncounted("refused by Twilio's signature before the database is asked; providers send from few addresses")
    @callbacks.response(204, description="Recorded, or nothing new")
    @callbacks.alt_response(403, "FORBIDDEN")
    @callbacks.alt_response(404, "NOT_FOUND")
    @callbacks.alt_response(422, "UNPROCESSABLE_ENTITY")
    def status() -> None:
        """Report what became of an SMS."""
        query = request.query_string.decode("ascii", "replace")
        url = f"{base}{request.path}{'?' + query if query else ''}"
        signature = request.headers.get("X-Twilio-Signature", "")
        if TWILIO not in settings.sms_roads or not validator.validate(url, request.form, signature):
            log.warning("callback_refused", reason="signature")
            raise Problem(
                403,
                "wrong-signature",
                vi="Chữ ký của Twilio không đúng.",
                en="The signature is not that of our Twilio account.",
            )
        message_id = _message_id()
        sid, reported = _required("MessageSid"), _required("MessageStatus")
        if reported in _ON_ITS_WAY and not _is_news(resources.db, message_id, reported):
            return
        with resources.db.write() as session:
            if reported in ARRIVED and mark_delivered_if_sent(session, message_id, at=clock.now(), provider_id=sid):
                return
            message = _locked(session, message_id)
            if reported == _TAKEN:
                message.mark_sent(at=clock.now(), provider_id=sid, road=TWILIO)
            elif reported in ARRIVED | LOST:
                receipt = receipt_of(reported, _code(request.form.get("ErrorCode", "")), certain=False)
                message.take_receipt(receipt, at=clock.now(), provider_id=sid, road=TWILIO)
            else:
                id_ = f"{sid}:{reported}"
                keep_notice(session, "twilio", Kind.UNKNOWN, id_=id_, detail=reported, message_id=message_id)

    return [callbacks]


def _is_news(database: Database, message_id: uuid.UUID, reported: str) -> bool:
    """Tell whether an interim report is news: only `sent`, and only if not recorded yet. Takes no lock."""
    for again in (True, False):
        with database.read() as session:
            known = is_known_as_sent(session, message_id)
        if known is None:
            raise Problem(404)
        if known or reported != _TAKEN:
            return False
        if again:
            time.sleep(_OWN_ROW_SECONDS)
    return True


def _locked(session: Session, message_id: uuid.UUID) -> Message:
    message = lock_message(session, message_id)
    if message is None:
        raise Problem(404)
    return message


def _code(number: str) -> int | None:
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None


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

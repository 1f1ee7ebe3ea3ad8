"""`/declarations/{no}/phone`: prove the phone of a portal draft by a code (I11). Who cannot answer submits all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.resources import Resources
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.chassis.web.throttles import Budget
from services.registration.declarations import access
from services.registration.declarations.accounts import is_own_phone
from services.registration.declarations.limits import source
from services.registration.declarations.rules import Declaration
from services.registration.phones.limits import codes
from services.registration.phones.refusals import CodeRefused
from services.registration.phones.rules import count_try, issue_code, matches, must_need_code, prepare_code, use_code
from services.registration.phones.schemas import CodeSchema, CodeSentSchema, PhoneProvedSchema
from services.registration.settings import Settings


def blueprints(made_for: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprint; the settings give the key that codes are sealed with, and the limits."""
    settings = made_for.settings
    phones = Blueprint("phones", __name__, url_prefix="/declarations", description="Proof of a draft's phone")

    @phones.route("/<no>/phone/code", methods=["POST"])
    @phones.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 429, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @phones.response(202, CodeSentSchema)
    def send(no: str) -> dict[str, datetime]:
        """Send a code to the draft's phone by SMS

        A new code makes an earlier one void. Who gets none may submit all the same: an officer confirms the phone then.
        """
        if settings.seal_public_key is None:
            raise Problem(503)
        with resources.db.read() as session:
            must_need_code(access.find(session, no, to_change=True))
        code = prepare_code(settings.seal_public_key)
        with resources.db.write() as session:
            declaration = access.find(session, no, to_change=True)
            expires_at = issue_code(session, declaration, code, settings)
            session.flush()
            _budget(session, declaration, settings).count(session)
        return {"expires_at": expires_at}

    @phones.route("/<no>/phone/confirm", methods=["POST"])
    @phones.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @phones.arguments(CodeSchema())
    @phones.response(200, PhoneProvedSchema)
    def confirm(given: dict[str, Any], no: str) -> dict[str, bool]:
        """Prove the draft's phone with the code from the SMS"""
        with resources.db.write() as session:
            declaration = access.find(session, no, to_change=True)
            if declaration.phone_proved:
                return {"phone_proved": True}
            must_need_code(declaration)
            tried = count_try(session, declaration, settings)
        if not matches(tried, given["otp"]) or tried is None:
            raise CodeRefused
        with resources.db.write() as session:
            declaration = access.find(session, no, to_change=True)
            use_code(session, declaration, tried)
            session.flush()
            _budget(session, declaration, settings).give_back(session)
        return {"phone_proved": True}

    return [phones]


def _budget(session: ServiceSession, declaration: Declaration, settings: Settings) -> Budget:
    phone = (declaration.contact or {})["phone"]
    return codes(settings, phone, source(), own=is_own_phone(session, auth.caller(), phone))

"""`/dang-nhap/thiet-bi-khac`: warn of the other device, send the code when the person goes on, and take it (A7). Pages 34 and 35."""

import uuid
from datetime import datetime
from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect

from services.accounts.browsers import cookies
from services.accounts.browsers.entering import let_in
from services.accounts.otp.forms import CODE_FIELD, CodeForm
from services.accounts.otp.pending import find_pending
from services.accounts.sessions import takeover
from services.accounts.sessions.refusals import DeviceWarned
from services.chassis.web import budgets
from services.chassis.web.pages.forms import Form
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources

taking_over = cookies.pages("takeover_pages", __name__)
blueprints = (taking_over,)

_WARNED, _SENT = "takeover_warned", "takeover_sent"
_WARNING, _CODE, _SIGN_IN = "/accounts/dang-nhap/thiet-bi-khac", "/accounts/dang-nhap/ma", "/accounts/dang-nhap"


def warn(warning: DeviceWarned, page: str) -> Response:
    """Lead to the warning; nothing is sent yet."""
    until = warning.expires_at.isoformat()
    cookies.keep(_WARNED, challenge=str(warning.challenge), phone_end=warning.phone_end, until=until, page=page)
    return make_response(redirect(_WARNING, 303))


@taking_over.route("/dang-nhap/thiet-bi-khac", methods=["GET", "POST"])
@budgets.counted_inside("sign_ins")
def another_device() -> Any:
    """Warn; go on, and the code is sent."""
    at = cookies.under_way(_WARNED) or cookies.under_way(_SENT)
    if at is None:
        return redirect(_SIGN_IN, 303)
    form = Form(ma.Schema)
    if form.is_valid():
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        with form.refusals():
            sent = takeover.send_code(resources, uuid.UUID(at["challenge"]))
            cookies.keep(_SENT, **{**_without_step(at), "code": str(sent.id)})
            return redirect(_CODE, 303)
    return form.draw("accounts/sessions/another_device.html", at=at)


@taking_over.route("/dang-nhap/ma", methods=["GET", "POST"])
@budgets.counted_inside("sign_ins")
def enter_code() -> Any:
    """Take the code; the other device is signed out."""
    at = cookies.under_way(_SENT)
    if at is None:
        return redirect(_SIGN_IN, 303)
    form = Form(CodeForm, {"otp": CODE_FIELD})
    if form.is_valid():
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        with form.refusals():
            signed = takeover.take_over(resources, uuid.UUID(at["code"]), form.data["otp"], cookies.asker())
            return let_in(signed, at["page"])
    pending, until = find_pending(resources, at["code"]), datetime.fromisoformat(at["until"])
    button = translate("Xác nhận")
    return form.draw("accounts/sessions/enter_code.html", at=at, pending=pending, until=until, again=_WARNING, button=button)


def _without_step(at: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in at.items() if name != "step"}

"""`/mat-khau/doi`: change the password, confirmed by a code to the phone; the first thing that a newcomer does (A3 to A5). Page 36."""

import uuid
from typing import Any

from flask import make_response, redirect, render_template

from services.accounts.accounts.roles import ANYBODY, NEWCOMER
from services.accounts.accounts.rules import Account
from services.accounts.browsers import cookies
from services.accounts.browsers.entering import place_of
from services.accounts.factors.reset import shortest_password
from services.accounts.otp.forms import CODE_FIELD, CodeForm
from services.accounts.otp.pending import find_pending
from services.accounts.passwords import change, reset_pages
from services.accounts.passwords.schemas import Change
from services.chassis.web import auth, budgets
from services.chassis.web.pages import session
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources

changing = cookies.pages("password_pages", __name__)
blueprints = (changing, *reset_pages.blueprints)

_STEP = "password_change"
_PLACE, _CODE, _DONE = "/accounts/mat-khau/doi", "/accounts/mat-khau/doi/ma", "/accounts/mat-khau/da-doi"

FIELDS = {
    "current_password": Field(
        _("Mật khẩu đang dùng"), kind="password", missing=_("Nhập mật khẩu đang dùng."), autocomplete="current-password"
    ),
    "new_password": Field(_("Mật khẩu mới"), kind="password", missing=_("Nhập mật khẩu mới."), autocomplete="new-password"),
}


@changing.route("/mat-khau/doi", methods=["GET", "POST"])
@session.requires(*ANYBODY)
@budgets.counted_inside("sign_ins")
def ask_to_change() -> Any:
    """Take both passwords; a code is sent."""
    who = auth.principal()
    with resources.db.read() as db:
        account = db.get_one(Account, uuid.UUID(who.id))
        first, shortest, phone_end = account.must_change, shortest_password(account), account.phone[-3:]
    form = Form(Change, FIELDS)
    if form.is_valid():
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        with form.refusals():
            given = form.data
            sent = change.request_change(resources, who.claims, given["current_password"], given["new_password"])
            cookies.keep(_STEP, code=str(sent.id), phone_end=phone_end)
            return redirect(_CODE, 303)
    forced = who.role == NEWCOMER and not first
    return form.draw("accounts/passwords/change.html", first=first, forced=forced, shortest=shortest)


@changing.route("/mat-khau/doi/ma", methods=["GET", "POST"])
@session.requires(*ANYBODY)
@budgets.counted_inside("sign_ins")
def confirm() -> Any:
    """Take the code; the password is changed, and this browser stays signed in."""
    at = cookies.under_way(_STEP)
    if at is None:
        return redirect(_PLACE, 303)
    form = Form(CodeForm, {"otp": CODE_FIELD})
    if form.is_valid():
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        with form.refusals():
            claims, code = auth.principal().claims, form.data["otp"]
            signed = change.confirm_change(resources, claims, uuid.UUID(at["code"]), code, cookies.asker())
            cookies.forget()
            response = make_response(redirect(_DONE, 303))
            session.put(response, signed.token)
            return response
    pending = find_pending(resources, at["code"])
    button = translate("Hoàn tất")
    return form.draw("accounts/sessions/enter_code.html", at=at, pending=pending, again=_PLACE, button=button)


@changing.get("/mat-khau/da-doi")
@session.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
def changed() -> str:
    """Say that the password is another one now."""
    return render_template("accounts/passwords/changed.html", onward=place_of(auth.principal().role))

"""`/dang-nhap`, `/dang-xuat`: sign in with a password (A1, A6), and out. Pages 33 and 39."""

from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect, render_template

from services.accounts.accounts.schemas import password_field, user_name_field
from services.accounts.browsers import cookies, holding_off
from services.accounts.browsers.entering import START, let_in, place_of, wanted
from services.accounts.factors import pages as factor_pages
from services.accounts.factors.refusals import SecondFactorNeeded
from services.accounts.sessions import ending_pages, sign_in, takeover_pages
from services.accounts.sessions.refusals import DeviceWarned
from services.chassis.web import auth, budgets
from services.chassis.web.pages import csrf, session
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.resources import resources

signing_in = cookies.pages("sign_in_pages", __name__)
blueprints = (signing_in, *takeover_pages.blueprints, *ending_pages.blueprints)


class SignInForm(ma.Schema):
    """As `schemas.SignIn`; the device is the browser's."""

    username = user_name_field()
    password = password_field()


FIELDS = {
    "username": Field(
        _("Tên đăng nhập"),
        hint=_("Mã số BHXH (10 chữ số) hoặc số định danh cá nhân. Cán bộ: tên đăng nhập được cấp."),
        missing=_("Nhập tên đăng nhập: mã số BHXH gồm 10 chữ số hoặc số định danh cá nhân."),
        autocomplete="username",
        classes="govuk-input--width-20",
        attributes={"autocapitalize": "none"},
    ),
    "password": Field(
        _("Mật khẩu"),
        kind="password",
        missing=_("Nhập mật khẩu."),
        autocomplete="current-password",
        classes="govuk-input--width-20",
    ),
}


@signing_in.route("/dang-nhap", methods=["GET", "POST"])
@session.recognises
@budgets.counted_inside("password")
def enter() -> Any:
    """Ask for user name and password; go on to the second factor (A12) or to the warning of another device (A7)."""
    form, page, waits = Form(SignInForm, FIELDS), wanted(), False
    if form.is_valid():
        waits = not holding_off.let_pass(form, form.data["username"])
        if not waits and (done := _sign_in(form, page)) is not None:
            return done
    elif (who := auth.caller()) is not None and not form.is_sent:
        place = place_of(who.role, page)
        # the start leads here, and would for ever
        return render_template("accounts/sessions/signed_in.html") if place == START else redirect(place, 303)
    work = holding_off.work(form.value("username"))
    return form.draw("accounts/sessions/sign_in.html", work=work, waits=waits, page_wanted=page)


def _sign_in(form: Form, page: str) -> Any:
    """Sign in and lead on; None if the form says why not."""
    name, password = form.data["username"], form.data["password"]
    with form.refusals():
        try:
            signed = sign_in.sign_in(resources, name, password, cookies.device_id(), cookies.asker(), warn_first=True)
        except SecondFactorNeeded as needed:
            return factor_pages.ask(needed, page)
        except DeviceWarned as warning:
            return takeover_pages.warn(warning, page)
        return let_in(signed, page)
    return None


@signing_in.post("/dang-xuat")
@csrf.by_origin
@session.recognises
@budgets.bounded(budgets.SIGN_INS)
def leave() -> Response:
    """Sign out, from a page of any service."""
    if (who := auth.caller()) is not None:
        sign_in.sign_out(resources, who.claims)
    cookies.forget()
    response = make_response(redirect("/accounts/da-dang-xuat", 303))
    session.clear(response)
    return response


@signing_in.get("/da-dang-xuat")
@budgets.bounded(budgets.SIGN_INS)
def left() -> str:
    """Say that this browser is signed out."""
    return render_template("accounts/sessions/signed_out.html")

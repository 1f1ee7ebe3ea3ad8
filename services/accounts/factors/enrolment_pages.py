"""`/yeu-to-thu-hai`: staff enrol an authenticator app or a passkey when they sign in for the first time (A12)."""

from typing import Any

import marshmallow as ma
import segno
from flask import Response, make_response, redirect, render_template

from services.accounts.accounts.roles import ENROLLING, STAFF_ROLES
from services.accounts.browsers import cookies
from services.accounts.browsers.entering import place_of
from services.accounts.factors import enrolment
from services.accounts.factors.forms import FIELDS, PasskeyForm, TotpForm, credential
from services.accounts.factors.refusals import ProofRefused
from services.accounts.factors.rules import TOTP
from services.chassis.web import auth, budgets
from services.chassis.web.pages import session
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import either
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.resources import resources
from services.chassis.web.typed import Line

enrolling = cookies.pages("enrolment_pages", __name__)
blueprints = (enrolling,)


class NewPasskeyForm(PasskeyForm):
    """A passkey that the browser has made, and what its holder calls it."""

    step = ma.fields.UUID(required=True)
    name = Line(1, 60, required=True)


@enrolling.get("/yeu-to-thu-hai")
@session.requires(ENROLLING, *STAFF_ROLES)
def choose() -> str:
    """Offer both kinds."""
    return render_template("accounts/factors/choose.html")


@enrolling.route("/yeu-to-thu-hai/ung-dung", methods=["GET", "POST"])
@session.requires(ENROLLING, *STAFF_ROLES)
def enrol_app() -> Any:
    """Show the secret of an app, as QR and as letters, and take a code of it."""
    form, claims = Form(TotpForm, {TOTP: FIELDS[TOTP]}), auth.principal().claims
    if form.is_valid():
        with form.refusals():
            try:
                return _done(enrolment.confirm_totp(resources, claims, form.data[TOTP]))
            except ProofRefused as refused:
                form.add_error(TOTP, either(refused.vi, refused.en))
    secret, uri = enrolment.waiting_totp(resources, claims)
    image = segno.make(uri, error="m").svg_data_uri(scale=5, border=2)
    return form.draw("accounts/factors/app.html", secret=secret, image=image)


@enrolling.route("/yeu-to-thu-hai/khoa", methods=["GET", "POST"])
@session.requires(ENROLLING, *STAFF_ROLES)
def enrol_passkey() -> Any:
    """Let the browser make a passkey; without script there is the app."""
    fields = {"name": Field(_("Tên để nhận ra khóa này"), missing=_("Đặt tên cho khóa."), classes="govuk-input--width-20")}
    hidden = {"passkey": Field(kind="hidden"), "step": Field(kind="hidden")}
    form, claims = Form(NewPasskeyForm, fields | hidden, values={"name": str(_("Khóa ở cơ quan"))}), auth.principal().claims
    if form.is_valid():
        with form.refusals():
            try:
                answer = credential(form.data["passkey"])
                return _done(enrolment.confirm_passkey(resources, claims, form.data["step"], form.data["name"], answer))
            except ProofRefused as refused:
                form.add_error("", either(refused.vi, refused.en))
    budgets.count(budgets.SIGN_INS.budget(resources.settings))
    return form.draw("accounts/factors/passkey.html", begun=enrolment.begin_passkey(resources, claims))


def _done(enrolled: enrolment.Enrolled) -> Response:
    """Show the recovery codes, once; the browser's session opens everything from now on."""
    role = enrolled.token.role
    if enrolled.recovery_codes is None:
        response = make_response(redirect(place_of(role), 303))
    else:
        page = render_template("accounts/factors/recovery_codes.html", codes=enrolled.recovery_codes, onward=place_of(role))
        response = make_response(page)
    session.put(response, enrolled.token.token)
    return response

"""`/mat-khau/quen`: replace a forgotten password, with a code to the phone (A8); staff's first password, too (A12). Page 37.

Nothing here says whether a user name exists: the page of the code is the same.
"""

import uuid
from typing import Any

from flask import redirect

from services.accounts.accounts.schemas import password_field
from services.accounts.browsers import cookies, holding_off
from services.accounts.factors import pages as factor_pages
from services.accounts.factors import steps
from services.accounts.factors.refusals import SecondFactorNeeded
from services.accounts.otp.forms import CODE_FIELD, CodeForm
from services.accounts.otp.pending import find_pending
from services.accounts.passwords import policy, reset
from services.accounts.passwords.schemas import Reset
from services.chassis.web import budgets
from services.chassis.web.pages import notice
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources

resetting = cookies.pages("reset_pages", __name__)
blueprints = (resetting,)

_STEP = "password_reset"
_PLACE, _CODE, _SIGN_IN = "/accounts/mat-khau/quen", "/accounts/mat-khau/quen/ma", "/accounts/dang-nhap"


class NewPasswordForm(CodeForm):
    """The code, and the new password."""

    new_password = password_field()


_NAME = Field(
    _("Tên đăng nhập"),
    hint=_("Mã số BHXH (10 chữ số) hoặc số định danh cá nhân. Cán bộ: tên đăng nhập được cấp."),
    missing=_("Nhập tên đăng nhập: mã số BHXH gồm 10 chữ số hoặc số định danh cá nhân."),
    autocomplete="username",
    classes="govuk-input--width-20",
    attributes={"autocapitalize": "none"},
)
_NEW = Field(_("Mật khẩu mới"), kind="password", missing=_("Nhập mật khẩu mới."), autocomplete="new-password")


@resetting.route("/mat-khau/quen", methods=["GET", "POST"])
def ask_to_reset() -> Any:
    """Take the user name; a code is sent if there is such an account."""
    form, waits = Form(Reset, {"username": _NAME}), False
    if form.is_valid():
        name = form.data["username"]
        waits = not holding_off.let_pass(form, name, reset=True)
        if not waits:
            with form.refusals():
                sent = reset.request_reset(resources, name, cookies.asker())
                cookies.keep(_STEP, code=str(sent.id))
                return redirect(_CODE, 303)
    work = holding_off.work(form.value("username"), reset=True)
    return form.draw("accounts/passwords/reset.html", work=work, waits=waits)


@resetting.route("/mat-khau/quen/ma", methods=["GET", "POST"])
def confirm() -> Any:
    """Take the code and the new password; staff go on to their second factor."""
    at = cookies.under_way(_STEP)
    if at is None:
        return redirect(_PLACE, 303)
    form = Form(NewPasswordForm, {"otp": CODE_FIELD, "new_password": _NEW})
    if form.is_valid():
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        with form.refusals():
            given, code = form.data, uuid.UUID(at["code"])
            asked = reset.confirm_reset(resources, code, given["otp"], given["new_password"], cookies.asker())
            if asked is not None:
                return factor_pages.ask(SecondFactorNeeded(asked), purpose=steps.RESET)
            cookies.forget()
            notice.tell(translate("Đã đặt mật khẩu mới. Hãy đăng nhập bằng mật khẩu mới."))
            return redirect(_SIGN_IN, 303)
    pending = find_pending(resources, at["code"])
    return form.draw("accounts/passwords/reset_code.html", pending=pending, again=_PLACE, shortest=policy.SHORTEST)

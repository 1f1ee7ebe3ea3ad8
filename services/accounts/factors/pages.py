"""`/dang-nhap/yeu-to-thu-hai`: the second factor of staff, after the password, or after the code of a reset (A12)."""

import uuid
from typing import Any

from flask import Response, make_response, redirect, request

from services.accounts.browsers import cookies
from services.accounts.browsers.entering import let_in
from services.accounts.factors import enrolment_pages, reset, sign_in, steps
from services.accounts.factors.forms import form_of, proof_in
from services.accounts.factors.refusals import ProofRefused, SecondFactorNeeded
from services.accounts.factors.rules import PASSKEY
from services.chassis.web import budgets
from services.chassis.web.pages import notice
from services.chassis.web.pages.forms import Form
from services.chassis.web.pages.language import either
from services.chassis.web.pages.language import translate as _
from services.chassis.web.resources import resources

proving = cookies.pages("factor_pages", __name__)
blueprints = (proving, *enrolment_pages.blueprints)

_STEP = "second_factor"
_PLACE, _SIGN_IN = "/accounts/dang-nhap/yeu-to-thu-hai", "/accounts/dang-nhap"


def ask(needed: SecondFactorNeeded, page: str = "", purpose: str = steps.SIGN_IN) -> Response:
    """Lead to the page that asks for the factor."""
    elsewhere = bool(needed.members["another_device"])
    cookies.keep(_STEP, id=needed.members["step"], purpose=purpose, page=page, elsewhere=elsewhere)
    return make_response(redirect(_PLACE, 303))


@proving.route("/dang-nhap/yeu-to-thu-hai", methods=["GET", "POST"])
def prove() -> Any:
    """Ask for one kind of factor, and go on."""
    at = cookies.under_way(_STEP)
    with resources.db.read() as session:
        asked = steps.find_open(session, uuid.UUID(at["id"]), at["purpose"], resources.settings) if at else None
    if at is None or asked is None or not asked.factors:
        cookies.forget()
        return redirect(_SIGN_IN, 303)
    kind = request.args.get("cach", "")
    kind = kind if kind in asked.factors else asked.factors[0]
    form = form_of(kind)
    if form.is_valid() and (done := _prove(form, kind, at)) is not None:
        return done
    others = [each for each in asked.factors if each != kind]
    is_reset = at["purpose"] == steps.RESET
    template = "accounts/factors/second_factor.html"
    return form.draw(template, kind=kind, others=others, asked=asked, at=at, is_reset=is_reset, is_passkey=kind == PASSKEY)


def _prove(form: Form, kind: str, at: dict[str, Any]) -> Any:
    """Show the factor and lead on; None if the form says why not."""
    budgets.count(budgets.SIGN_INS.budget(resources.settings))
    step_id = uuid.UUID(at["id"])
    with form.refusals():
        try:
            proof = proof_in(form, kind)
            if at["purpose"] == steps.SIGN_IN:
                return let_in(sign_in.complete(resources, step_id, proof, cookies.asker()), at["page"])
            reset.complete(resources, step_id, proof, cookies.asker())
        except ProofRefused as refused:
            form.add_error(kind if kind != PASSKEY else "", either(refused.vi, refused.en))
            return None
        cookies.forget()
        notice.tell(_("Đã đặt mật khẩu mới. Hãy đăng nhập bằng mật khẩu mới."))
        return redirect(_SIGN_IN, 303)
    return None

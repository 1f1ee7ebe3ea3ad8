"""The forms in which staff show a second factor: one kind each, whose fields are the API's."""

import json

import marshmallow as ma

from services.accounts.factors.proof import Proof
from services.accounts.factors.refusals import ProofRefused
from services.accounts.factors.rules import PASSKEY, RECOVERY_CODE, SHEET, TOTP
from services.accounts.factors.schemas import code_field
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.typed import OneTimeCode

_LONGEST_CREDENTIAL = 20_000


class TotpForm(ma.Schema):
    """The code of the authenticator app."""

    totp = OneTimeCode(required=True)


class RecoveryForm(ma.Schema):
    """A recovery code."""

    recovery_code = code_field("one of the ten recovery codes", 40, required=True)


class SheetForm(ma.Schema):
    """The code of a first-sign-in sheet."""

    enrolment_code = code_field("the code of a first-sign-in sheet", 40, required=True)


class PasskeyForm(ma.Schema):
    """What the browser's script got from a passkey, as JSON."""

    passkey = ma.fields.String(required=True, validate=ma.validate.Length(1, _LONGEST_CREDENTIAL))


SCHEMAS: dict[str, type[ma.Schema]] = {TOTP: TotpForm, RECOVERY_CODE: RecoveryForm, SHEET: SheetForm, PASSKEY: PasskeyForm}
FIELDS = {
    TOTP: Field(
        _("Mã trong ứng dụng xác thực"),
        hint=_("6 chữ số, đổi sau mỗi 30 giây."),
        missing=_("Nhập mã 6 chữ số trong ứng dụng xác thực."),
        autocomplete="one-time-code",
        inputmode="numeric",
        classes="govuk-input--width-10 govuk-input--extra-letter-spacing",
    ),
    RECOVERY_CODE: Field(
        _("Mã dự phòng"),
        hint=_("Một trong mười mã đã in hoặc ghi lại. Mỗi mã dùng một lần."),
        missing=_("Nhập một mã dự phòng."),
        autocomplete="off",
        classes="govuk-input--width-20",
    ),
    SHEET: Field(
        _("Mã trên phiếu đăng nhập lần đầu"),
        hint=_("Người phân quyền in phiếu này. Gạch nối và chữ hoa, thường đều nhận."),
        missing=_("Nhập mã trên phiếu đăng nhập lần đầu."),
        autocomplete="off",
        classes="govuk-input--width-20",
    ),
    PASSKEY: Field(kind="hidden"),
}


def form_of(kind: str) -> Form:
    """Return the form for this kind of factor."""
    return Form(SCHEMAS[kind], {kind: FIELDS[kind]})


def proof_in(form: Form, kind: str) -> Proof:
    """Return what a form that is valid shows.

    :raises ProofRefused: for a passkey whose answer is no JSON object.
    """
    if kind != PASSKEY:
        return Proof(kind, form.data[kind])
    return Proof(kind, credential(form.data[kind]))


def credential(text: str) -> dict[str, object]:
    """Return a passkey's answer.

    :raises ProofRefused: if it is no JSON object.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ProofRefused from None
    if not isinstance(found, dict):
        raise ProofRefused
    return found

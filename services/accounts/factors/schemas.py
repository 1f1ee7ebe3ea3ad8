"""Request and response schemas of second factors."""

from typing import Any

import marshmallow as ma

from services.accounts.factors.proof import Proof
from services.accounts.factors.rules import KINDS, PASSKEY, RECOVERY_CODE, SHEET, TOTP
from services.accounts.sessions.schemas import SignedIn
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import one_line
from services.chassis.web.fields import Moment
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.typed import Line, OneTimeCode, Typed

ONE_PROOF = bilingual(
    vi="Cần đúng một trong các mục: totp, passkey, recovery_code, enrolment_code.",
    en="Give exactly one of totp, passkey, recovery_code and enrolment_code.",
)
_LONGEST_CREDENTIAL_FIELDS = 20


def _credential(description: str, **options: Any) -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=ma.fields.String(),
        validate=ma.validate.Length(1, _LONGEST_CREDENTIAL_FIELDS),
        metadata={"description": description},
        **options,
    )


def code_field(description: str, most: int, **options: Any) -> Typed:
    """Return the request field for a printed code."""
    return Typed(one_line, validate=ma.validate.Length(1, most), metadata={"description": description}, **options)


class ProofOfFactor(ma.Schema):
    """A step, and one proof for it."""

    step = ma.fields.UUID(required=True)
    totp = OneTimeCode(metadata={"description": "six digits, of the authenticator app"})
    passkey = _credential("what `navigator.credentials.get` answered, in its JSON form (`toJSON()`)")
    recovery_code = code_field("one of the ten recovery codes", 40)
    enrolment_code = code_field("the code of a first-sign-in sheet", 40)

    @ma.validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if sum(kind in data for kind in KINDS) != 1:
            raise ma.ValidationError(ONE_PROOF, TOTP)

    @ma.post_load
    def _as_proof(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        kind = next(kind for kind in (TOTP, PASSKEY, RECOVERY_CODE, SHEET) if kind in data)
        return {"step": data["step"], "proof": Proof(kind, data[kind])}


class NeededFactor(ma.Schema):
    """A step that waits for a second factor."""

    step = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)
    factors = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(KINDS)), required=True)
    passkey = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "for `PublicKeyCredential.parseRequestOptionsFromJSON`"}
    )


class SecondFactorNeeded(ProblemSchema):
    """The problem that names the step."""

    step = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)
    factors = ma.fields.List(ma.fields.String(), required=True)
    passkey = ma.fields.Dict(required=True, allow_none=True)
    another_device = ma.fields.Boolean(required=True, metadata={"description": "going on signs out another device (A7)"})


class NewTotp(ma.Schema):
    """The secret of an authenticator app, shown once."""

    secret = ma.fields.String(required=True)
    uri = ma.fields.String(required=True, metadata={"description": "`otpauth:`, to be shown as a QR code"})


class TotpConfirmation(ma.Schema):
    totp = OneTimeCode(required=True)


class NewPasskey(ma.Schema):
    step = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)
    passkey = ma.fields.Dict(
        required=True, metadata={"description": "for `PublicKeyCredential.parseCreationOptionsFromJSON`"}
    )


class PasskeyConfirmation(ma.Schema):
    step = ma.fields.UUID(required=True)
    name = Line(1, 60, required=True, metadata={"description": "by which its holder knows it", "example": "Khóa ở cơ quan"})
    passkey = _credential("what `navigator.credentials.create` answered, in its JSON form", required=True)


class Enrolled(ma.Schema):
    """The session's next token; and recovery codes, shown once, if there were none left."""

    token = ma.fields.Nested(SignedIn, required=True)
    recovery_codes = ma.fields.List(ma.fields.String(), required=True, allow_none=True)


class Codes(ma.Schema):
    recovery_codes = ma.fields.List(ma.fields.String(), required=True)


class TotpShown(ma.Schema):
    confirmed_at = Moment(required=True)


class PasskeyShown(ma.Schema):
    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    created_at = Moment(required=True)
    used_at = Moment(required=True, allow_none=True)


class Factors(ma.Schema):
    """What a member of staff has enrolled."""

    totp = ma.fields.Nested(TotpShown, required=True, allow_none=True)
    passkeys = ma.fields.List(ma.fields.Nested(PasskeyShown), required=True)
    recovery_codes_left = ma.fields.Integer(required=True)

"""What requests and answers look like."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma

from services.accounts.model import NEWCOMER, STAFF_ROLES
from services.chassis.web.fields import Moment
from services.chassis.web.problem import ProblemSchema

#: roles that may do more than change a password
SIGNED_IN = ("citizen", *STAFF_ROLES)
ANYBODY = (NEWCOMER, *SIGNED_IN)


class Whole(ma.validate.Regexp):
    """The whole text fits: `$` alone lets a line break through at the end."""

    def __call__(self, value: Any) -> Any:
        if re.fullmatch(self.regex, value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


_OTP = Whole(r"^[0-9]{6}$")


def _name() -> ma.fields.String:
    return ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 64),
        metadata={"description": "BHXH code (10 digits), personal ID (12 digits), or a user name of staff"},
    )


def _password(shortest: int = 1) -> ma.fields.String:
    return ma.fields.String(required=True, validate=ma.validate.Length(shortest, 128), metadata={"format": "password"})


def _code() -> ma.fields.String:
    return ma.fields.String(required=True, validate=_OTP, metadata={"description": "six digits, by SMS"})


class SignIn(ma.Schema):
    username = _name()
    password = _password()
    device_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 200),
        metadata={"description": "random, kept by the app or browser: tells this device from another (A7)"},
    )


class Confirmation(ma.Schema):
    challenge = ma.fields.UUID(required=True)
    otp = _code()


class SignedIn(ma.Schema):
    token = ma.fields.String(required=True, metadata={"description": "bearer token, Ed25519 JWT"})
    session_id = ma.fields.String(required=True)
    expires_at = Moment(required=True, metadata={"description": "when the token ends; refresh before"})
    must_change_password = ma.fields.Boolean(required=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ANYBODY))


class AnotherDevice(ProblemSchema):
    challenge = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)


class Change(ma.Schema):
    current_password = _password()
    new_password = _password()


class Reset(ma.Schema):
    username = _name()


class ResetConfirmation(Confirmation):
    new_password = _password()


class Challenge(ma.Schema):
    challenge = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)


class Profile(ma.Schema):
    """A11, guide 2.1."""

    account_id = ma.fields.UUID(required=True, attribute="id")
    role = ma.fields.String(required=True)
    username = ma.fields.String(required=True, allow_none=True, metadata={"description": "of staff"})
    bhxh_code = ma.fields.String(required=True, allow_none=True)
    full_name = ma.fields.String(required=True)
    date_of_birth = ma.fields.Date(required=True, allow_none=True)
    personal_id = ma.fields.String(required=True, allow_none=True)
    id_type = ma.fields.String(required=True, allow_none=True)
    id_number = ma.fields.String(required=True, allow_none=True)
    phone = ma.fields.String(required=True)
    email = ma.fields.String(required=True, allow_none=True)
    address = ma.fields.Dict(required=True, allow_none=True)
    office = ma.fields.String(required=True, allow_none=True)
    province = ma.fields.String(required=True, allow_none=True)
    board = ma.fields.String(required=True, allow_none=True)
    password_set_at = Moment(required=True, allow_none=True)


class Child(ma.Schema):
    """A10."""

    account_id = ma.fields.UUID(required=True)
    bhxh_code = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)
    date_of_birth = ma.fields.Date(required=True, allow_none=True)
    relationship = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(("pending", "active", "stopped")))
    linked_at = Moment(required=True)


class Children(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(Child), required=True)

"""Response schemas of the profile, and the fields and validators that all requests of this service share."""

import re
from typing import Any

import marshmallow as ma

from services.accounts.accounts.lookup import plain_user_name
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Typed


class FullMatch(ma.validate.Regexp):
    """Match the whole text: `$` alone lets a line break through at the end."""

    def __call__(self, value: Any) -> Any:
        if re.fullmatch(self.regex, value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


def user_name_field() -> Typed:
    """Return the request field for a user name."""
    return Typed(
        plain_user_name,
        required=True,
        validate=ma.validate.Length(1, 64),
        metadata={"description": "BHXH code (10 digits), personal ID (12 digits), or a user name of staff"},
    )


def password_field() -> ma.fields.String:
    """Return the request field for a password."""
    return ma.fields.String(required=True, validate=ma.validate.Length(1, 128), metadata={"format": "password"})


class Profile(ma.Schema):
    """The profile (A11, guide 2.1)."""

    account_id = ma.fields.UUID(required=True, attribute="id")
    role = ma.fields.String(required=True)
    username = ma.fields.String(required=True, allow_none=True, metadata={"description": "staff only"})
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
    """A child registered from this account (A10)."""

    account_id = ma.fields.UUID(required=True)
    bhxh_code = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)
    date_of_birth = ma.fields.Date(required=True, allow_none=True)
    relationship = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(("pending", "active", "stopped")))
    linked_at = Moment(required=True)


class Children(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(Child), required=True)

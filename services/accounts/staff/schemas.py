"""Request and response schemas of staff."""

from datetime import date
from typing import Any

import marshmallow as ma

from services.accounts.accounts.roles import STAFF_ROLES
from services.accounts.accounts.rules import ACTIVE
from services.accounts.accounts.schemas import FullMatch
from services.accounts.staff.rules import DATES_REVERSED, USERNAME
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import AnyName, Day, Email, Line, PersonalId, Phone, ProvinceCode, Typed

_USERNAME = FullMatch(
    rf"^{USERNAME}$",
    error=bilingual(
        vi="Chỉ gồm 3 đến 32 chữ thường không dấu, chữ số, '.', '_', '-', và bắt đầu bằng chữ.",
        en="Must be 3 to 32 lower-case letters, digits, '.', '_' or '-', and begin with a letter.",
    ),
)
_CODE = FullMatch(r"^[0-9A-Za-z-]{1,20}$")
_ROLE = ma.validate.OneOf(STAFF_ROLES)
#: "until for ever" is null; the day after 9999-12-31 cannot be told


def _code(**options: Any) -> ma.fields.String:
    return Typed(plain_code, validate=_CODE, allow_none=True, **options)


def _own_id(**options: Any) -> ma.fields.String:
    """Return the field for the person's own personal ID: asked for so that nobody decides their own dossier (V14), never shown."""
    return PersonalId(
        load_only=True,
        metadata={"description": "the person's own personal ID (12 digits): nobody decides their own dossier (V14)"},
        **options,
    )


def _reason() -> ma.fields.String:
    return Line(
        3,
        500,
        required=True,
        load_only=True,
        metadata={"description": "why the rights are given or changed; kept in their history (V11)"},
    )


def _check_dates(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise ma.ValidationError(DATES_REVERSED, "valid_until")


class StaffMember(ma.Schema):
    """A member of staff, as requests describe one."""

    username = Typed(plain_code, required=True, validate=_USERNAME, metadata={"example": "lan.nt"})
    full_name = AnyName(1, 200, required=True)
    phone = Phone(required=True)
    email = Email(load_default=None, allow_none=True)
    role = ma.fields.String(required=True, validate=_ROLE)
    office = _code(load_default=None)
    province = ProvinceCode(load_default=None, allow_none=True)
    board = _code(load_default=None)
    own_id = _own_id(load_default=None, allow_none=True)
    valid_from = Day(load_default=None, allow_none=True, metadata={"description": "first day; null: at once"})
    valid_until = Day(load_default=None, allow_none=True, metadata={"description": "last day; null: until further notice"})
    reason = _reason()

    @ma.validates_schema
    def _dates(self, data: dict[str, Any], **_: Any) -> None:
        _check_dates(data.get("valid_from"), data.get("valid_until"))


class StaffAccount(StaffMember):
    """A member of staff, as answers show one."""

    class Meta:  # noqa: D106  # marshmallow's
        exclude = ("own_id", "reason")

    id = ma.fields.UUID(required=True)
    active = ma.fields.Function(lambda account: account.status == ACTIVE, metadata={"type": "boolean"})
    has_own_id = ma.fields.Function(lambda account: account.own_id is not None, metadata={"type": "boolean"})
    created_at = Moment(required=True)


class StaffChange(ma.Schema):
    email = Email(allow_none=True, metadata={"description": "where to write to; null: nowhere"})
    role = ma.fields.String(validate=_ROLE)
    office = _code()
    province = ProvinceCode(allow_none=True)
    board = _code()
    own_id = _own_id()
    valid_from = Day(allow_none=True)
    valid_until = Day(allow_none=True)
    reason = _reason()
    active = ma.fields.Boolean(truthy={True}, falsy={False})


class RightsShown(ma.Schema):
    """The rights of a member of staff from `at` on (V11)."""

    at = Moment(required=True)
    granted_by = ma.fields.String(required=True, metadata={"description": "account id, or `vss:NAME` for an operator"})
    reason = ma.fields.String(required=True)
    role = ma.fields.String(required=True)
    office = ma.fields.String(required=True, allow_none=True)
    province = ma.fields.String(required=True, allow_none=True)
    board = ma.fields.String(required=True, allow_none=True)
    active = ma.fields.Boolean(required=True)
    valid_from = ma.fields.Date(required=True, allow_none=True)
    valid_until = ma.fields.Date(required=True, allow_none=True)


class RightsHistory(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RightsShown), required=True)


class StaffQuery(paging.PageQuery):
    role = ma.fields.String(validate=_ROLE)
    province = ProvinceCode()

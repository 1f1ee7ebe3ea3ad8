"""Request and response schemas of staff."""

from typing import Any

import marshmallow as ma

from services.accounts.accounts.roles import STAFF_ROLES
from services.accounts.accounts.rules import ACTIVE
from services.accounts.accounts.schemas import FullMatch
from services.accounts.staff.rules import USERNAME
from services.chassis.text.bilingual import bilingual
from services.chassis.text.phones import mobile_in_e164
from services.chassis.web import paging
from services.chassis.web.fields import Moment

_USERNAME = FullMatch(
    rf"^{USERNAME}$",
    error=bilingual(
        vi="Chỉ gồm 3 đến 32 chữ thường không dấu, chữ số, '.', '_', '-', và bắt đầu bằng chữ.",
        en="Must be 3 to 32 lower-case letters, digits, '.', '_' or '-', and begin with a letter.",
    ),
)
_CODE = FullMatch(r"^[0-9A-Za-z-]{1,20}$")
_ROLE = ma.validate.OneOf(STAFF_ROLES)


def _code(**options: Any) -> ma.fields.String:
    return ma.fields.String(validate=_CODE, allow_none=True, **options)


class StaffMember(ma.Schema):
    """A member of staff, as requests describe one."""

    username = ma.fields.String(required=True, validate=_USERNAME, metadata={"example": "lan.nt"})
    full_name = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    phone = ma.fields.String(required=True, validate=ma.validate.Length(1, 20))
    email = ma.fields.Email(load_default=None, allow_none=True)
    role = ma.fields.String(required=True, validate=_ROLE)
    office = _code(load_default=None)
    province = _code(load_default=None)
    board = _code(load_default=None)

    @ma.post_load
    def _phone(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            return data | {"phone": mobile_in_e164(data["phone"])}
        except ma.ValidationError as error:
            raise ma.ValidationError(error.messages, "phone") from None


class StaffAccount(StaffMember):
    id = ma.fields.UUID(required=True)
    active = ma.fields.Function(lambda account: account.status == ACTIVE, metadata={"type": "boolean"})
    created_at = Moment(required=True)


class StaffChange(ma.Schema):
    role = ma.fields.String(validate=_ROLE)
    office = _code()
    province = _code()
    board = _code()
    active = ma.fields.Boolean(truthy={True}, falsy={False})


class StaffQuery(paging.PageQuery):
    role = ma.fields.String(validate=_ROLE)
    province = ma.fields.String(validate=_CODE)

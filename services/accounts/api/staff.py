"""Accounts of staff (A12, V11)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from services.accounts import problems
from services.accounts import staff as people
from services.accounts.api import caller, shapes
from services.accounts.model import ACTIVE, STAFF_ROLES, Account
from services.accounts.phone import e164
from services.chassis.observe.logs import get_logger
from services.chassis.text.bilingual import bilingual
from services.chassis.web import auth, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources

log = get_logger(__name__)

staff = Blueprint("staff", url_prefix="/staff", description="Accounts of staff: roles, offices, delegation (A12, V11)")

_NO_PHONE = bilingual(vi="Phải là số điện thoại di động Việt Nam.", en="Must be a Vietnamese mobile number.")
USERNAME = shapes.Whole(rf"^{people.USERNAME}$")
_CODE = shapes.Whole(r"^[0-9A-Za-z-]{1,20}$")


def _code(**more: Any) -> ma.fields.String:
    return ma.fields.String(validate=_CODE, allow_none=True, **more)


class StaffMember(ma.Schema):
    """What may be said of an account of staff."""

    username = ma.fields.String(required=True, validate=USERNAME, metadata={"example": "lan.nt"})
    full_name = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    phone = ma.fields.String(required=True, validate=ma.validate.Length(1, 20))
    email = ma.fields.Email(load_default=None, allow_none=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_ROLES))
    office = _code(load_default=None)
    province = _code(load_default=None)
    board = _code(load_default=None)

    @ma.post_load
    def _phone(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            return data | {"phone": e164(data["phone"])}
        except ValueError:
            raise ma.ValidationError(_NO_PHONE, "phone") from None


class StaffAccount(StaffMember):
    id = ma.fields.UUID(required=True)
    active = ma.fields.Function(lambda account: account.status == ACTIVE, metadata={"type": "boolean"})
    created_at = Moment(required=True)


class StaffChange(ma.Schema):
    role = ma.fields.String(validate=ma.validate.OneOf(STAFF_ROLES))
    office = _code()
    province = _code()
    board = _code()
    active = ma.fields.Boolean(truthy={True}, falsy={False})


class StaffQuery(paging.PageQuery):
    role = ma.fields.String(validate=ma.validate.OneOf(STAFF_ROLES))
    province = ma.fields.String(validate=_CODE)


@staff.route("", methods=["POST"])
@auth.requires("admin", "director")
@staff.arguments(StaffMember)
@staff.idempotent
@staff.response(201, StaffAccount)
@staff.alt_response(409, "CONFLICT")
def add(given: dict[str, Any], session: Session) -> Account:
    """Add a member of staff

    The account has no password yet: its holder sets one with `password/reset`, by a code to the phone given here.
    """
    _check(given["role"], given["office"], given["province"], given["board"])
    account = people.add(session, given)
    log.info("staff_added", account_id=str(account.id), kind=account.role)
    return account


@staff.route("")
@auth.requires("admin", "director")
@staff.arguments(StaffQuery, location="query")
@staff.response(200, paging.page_of(StaffAccount))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Staff: of the whole country for an administrator, of the own province for a director"""
    statement = people.visible(caller.claims())
    for name in ("role", "province"):
        if name in query:
            statement = statement.where(getattr(Account, name) == query[name])
    with resources.db.read() as session:
        return paging.fetch(session, statement, by=(Account.id,), query=query)


@staff.route("/<uuid:account_id>", methods=["PATCH"])
@auth.requires("admin", "director")
@staff.arguments(StaffChange)
@staff.response(200, StaffAccount)
@staff.alt_response(404, "NOT_FOUND")
def change(given: dict[str, Any], account_id: uuid.UUID) -> Account:
    """Another role, office or state; the person signs in anew"""
    with resources.db.write() as session:
        account = people.found(session, account_id)
        if account is None:
            raise Problem(404)
        # what it was and what it is to be: both must be the caller's to grant
        if not people.may_grant(caller.claims(), account.role, account.province):
            raise problems.not_yours_to_grant()
        fields = ("role", "office", "province", "board")
        _check(*(given.get(name, getattr(account, name)) for name in fields))
        people.change(session, account, given)
    log.info("staff_changed", account_id=str(account.id), kind=account.role, state=account.status)
    return account


def _check(role: str, office: str | None, province: str | None, board: str | None) -> None:
    if not people.may_grant(caller.claims(), role, province):
        raise problems.not_yours_to_grant()
    if (wrong := people.fault(role, office, province, board)) is not None:
        field, said = wrong
        raise Problem(422, "invalid-fields", errors=[field_error(field, vi=said.vi, en=str.__str__(said))])

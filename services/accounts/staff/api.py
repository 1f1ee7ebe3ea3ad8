"""`/staff`: manage accounts of staff (A12, V11)."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.accounts.rules import Account
from services.accounts.factors.recent import wants_fresh_factor
from services.accounts.staff import rules
from services.accounts.staff.refusals import NotYoursToGrant
from services.accounts.staff.rights import Grant, history_of
from services.accounts.staff.schemas import RightsHistory, StaffAccount, StaffChange, StaffMember, StaffQuery
from services.chassis.observe.logs import get_logger
from services.chassis.text.bilingual import Bilingual
from services.chassis.web import auth, looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources

log = get_logger(__name__)

staff = Blueprint("staff", url_prefix="/staff", description="Accounts of staff: roles, offices, delegation (A12, V11)")
blueprints = (staff,)

_PLACE = ("role", "office", "province", "board")


@staff.route("", methods=["POST"])
@auth.requires("admin", "director")
@wants_fresh_factor
@staff.arguments(StaffMember)
@staff.idempotent
@staff.response(201, StaffAccount)
@staff.alt_response(409, "CONFLICT")
def add(given: dict[str, Any], session: Session) -> Account:
    """Add a member of staff

    The account has no password yet: its holder sets one with `password/reset`, confirmed by a code to this phone and the code of a
    first-sign-in sheet (`POST /staff/{account_id}/sheet`). Wants a second factor shown a short while ago (`second-factor/step-up`).
    """
    reason = given.pop("reason")
    _check(session, given["role"], given["office"], given["province"], given["board"])
    account = rules.add(session, given, _grant(reason))
    log.info("staff_added", account_id=str(account.id), kind=account.role)
    return account


@staff.route("")
@auth.requires("admin", "director")
@staff.recorded
@staff.arguments(StaffQuery, location="query")
@staff.response(200, paging.page_of(StaffAccount))
def list_staff(query: dict[str, Any]) -> dict[str, Any]:
    """List staff: all for an administrator, those in their own province for a director"""
    statement = rules.visible_to(auth.principal().claims)
    for name in ("role", "province"):
        if name in query:
            statement = statement.where(getattr(Account, name) == query[name])
    with resources.db.write() as session:
        page = paging.fetch(session, statement, by=(Account.id,), query=query)
        looks.look_at_list(session, "staff", [str(account.id) for account in page["items"]], because="staff_administration")
        return page


@staff.route("/<uuid:account_id>", methods=["PATCH"])
@auth.requires("admin", "director")
@wants_fresh_factor
@staff.arguments(StaffChange)
@staff.response(200, StaffAccount)
@staff.alt_response(404, "NOT_FOUND")
def change(given: dict[str, Any], account_id: uuid.UUID) -> Account:
    """Change role, office, dates, e-mail or state

    Wants a second factor shown a short while ago (`second-factor/step-up`). Whoever's rights change must sign in again. The e-mail address is where staff are told of late dossiers (N11).
    """
    reason = given.pop("reason")
    with resources.db.write() as session:
        account = rules.lock_member(session, account_id)
        if account is None:
            raise Problem(404)
        # the caller must be entitled to grant both the old role and the new one
        _may_grant(account.role, account.province)
        if not given.keys().isdisjoint(_PLACE):  # somebody whose office has closed can still be disabled
            _check(session, *(given.get(name, getattr(account, name)) for name in _PLACE))
        first, last = (given.get(name, getattr(account, name)) for name in ("valid_from", "valid_until"))
        if first is not None and last is not None and last < first:
            raise _wrong("valid_until", rules.DATES_REVERSED)
        rules.change(account, given, _grant(reason))
    log.info("staff_changed", account_id=str(account.id), kind=account.role, state=account.status)
    return account


@staff.route("/<uuid:account_id>/rights")
@auth.requires("admin", "director")
@staff.recorded
@staff.response(200, RightsHistory)
@staff.alt_response(404, "NOT_FOUND")
def show_rights(account_id: uuid.UUID) -> dict[str, Any]:
    """Show the history of rights: who gave what, from when until when, and why (V11)"""
    with resources.db.write() as session:
        if session.scalar(rules.visible_to(auth.principal().claims).where(Account.id == account_id)) is None:
            raise Problem(404)
        looks.look(session, "rights_of_staff", str(account_id), because="staff_administration")
        return {"items": history_of(session, account_id)}


def _grant(reason: str) -> Grant:
    return Grant(auth.principal().id, reason)


def _may_grant(role: str, province: str | None) -> None:
    if not rules.may_grant(auth.principal().claims, role, province):
        raise NotYoursToGrant


def _check(session: Session, role: str, office: str | None, province: str | None, board: str | None) -> None:
    _may_grant(role, province)
    fault = rules.missing_field(role, office, province, board) or rules.office_fault(session, office, province)
    if fault is not None:
        raise _wrong(*fault)


def _wrong(field: str, message: Bilingual) -> Problem:
    return Problem(422, "invalid-fields", errors=[field_error(field, vi=message.vi, en=message.en)])

"""`/staff/{account_id}/sheet`: print a first-sign-in sheet for a member of staff (A12)."""

import uuid
from typing import Any

from services.accounts.factors.recent import wants_fresh_factor
from services.accounts.sheets import printing
from services.accounts.sheets.refusals import NotForYourself
from services.accounts.sheets.rules import prepare_code
from services.accounts.sheets.schemas import SheetIssued, SheetRequest
from services.accounts.staff import rules
from services.accounts.staff.refusals import NotYoursToGrant
from services.accounts.staff.rights import Grant
from services.chassis.observe.logs import get_logger
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

log = get_logger(__name__)

sheets = Blueprint("sheets", url_prefix="/staff", description="First-sign-in sheets (A12)")
blueprints = (sheets,)


@sheets.route("/<uuid:account_id>/sheet", methods=["POST"])
@auth.requires("admin", "director")
@wants_fresh_factor
@sheets.arguments(SheetRequest)
@sheets.response(201, SheetIssued)
@sheets.alt_response(404, "NOT_FOUND")
def issue(given: dict[str, Any], account_id: uuid.UUID) -> printing.Printed:
    """Print a first-sign-in sheet: for new staff, and for who has lost their second factor

    Its code, with a code to the phone or the password, lets them enrol; then what they had enrolled before is void. An earlier sheet is void at once.
    Nobody prints one for themselves. Wants a second factor shown a short while ago (`second-factor/step-up`).
    """
    who, new = auth.principal(), prepare_code()
    if who.id == str(account_id):
        raise NotForYourself
    with resources.db.write() as session:
        account = rules.lock_member(session, account_id)
        if account is None or not printing.is_printable(account):
            raise Problem(404)
        if not rules.may_grant(who.claims, account.role, account.province):
            raise NotYoursToGrant
        data, until = printing.issue(account, new, Grant(who.id, given["reason"]), resources.settings)
    log.info("sheet_issued", account_id=str(account_id))
    return printing.Printed(new.code, until, printing.draw(data))

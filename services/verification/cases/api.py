"""Search and show cases (V1, V2, V13); claim, release and receive them (V2, V11)."""

from typing import Any

from services.chassis.web import auth, looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases import responses, schemas
from services.verification.cases.access import case_of, locked_case
from services.verification.cases.phones import confirm_phone
from services.verification.cases.queries import CaseQuery, PrivateQuery
from services.verification.cases.rules import Case
from services.verification.cases.search import matching
from services.verification.officers.access import calling_officer
from services.verification.officers.purposes import look_at_case
from services.verification.officers.rules import RECEIVERS

api = Blueprint("cases", url_prefix="/cases", description="Tìm, xem và tiếp nhận hồ sơ")


@api.route("")
@auth.requires(*RECEIVERS)
@api.recorded
@api.arguments(CaseQuery, location="query")
@api.arguments(PrivateQuery, location="headers")
@api.response(200, paging.page_of(schemas.ListedCase))
@api.alt_response(422, schema=ProblemSchema, description="A filter or the cursor is wrong")
def search(query: dict[str, Any], private: dict[str, Any]) -> Any:
    """List and search cases, newest first

    Any office sees any dossier (V2). The list is recorded with the numbers in it; a search by dossier number or BHXH code in the
    history of each case that it finds (V16).
    """
    query = query | private
    by_person = sorted({"bhxh_code", "dossier_no"} & query.keys())
    calling_officer()
    with resources.db.write() as session:
        page = paging.fetch(session, matching(query), by=(Case.submitted_at, Case.dossier_no), query=query)
        numbers = [case.dossier_no for case in page["items"]]
        for no in numbers if by_person else ():
            looks.look(session, "dossier", no, because="number_quoted", action="found", searched_by=by_person)
        if not (by_person and numbers):
            looks.look_at_list(session, "dossiers", numbers, because="work_list")
        return page | {"items": [responses.listed(case) for case in page["items"]]}


@api.route("/<no>")
@auth.requires(*RECEIVERS)
@api.recorded
@api.response(200, schemas.CaseShown)
@api.alt_response(404, schema=ProblemSchema)
def show(no: str) -> Any:
    """Show one case with everything an officer needs to assess it; the view is recorded in its history (V16)"""
    who = calling_officer()
    with resources.db.write() as session:
        case = case_of(session, no)
        look_at_case(session, case, who)
        case.take_stock()
        return responses.shown(session, case)


@api.route("/<no>/claim", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Claim)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=schemas.NOT_NOW)
def claim(no: str) -> Any:
    """Claim the case, or extend the lease; until it ends nobody else can change the case"""
    who = calling_officer()
    with locked_case(no) as case:
        case.claim(who, lease_seconds=resources.settings.claim_lease_seconds)
        return responses.claim(case)


@api.route("/<no>/release", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=schemas.NOT_NOW)
def release(no: str) -> Any:
    """Release the case ("Thoát": leave it unchanged)"""
    who = calling_officer()
    with locked_case(no) as case:
        case.release(who)
        return responses.standing(case)


@api.route("/<no>/receive", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.arguments(schemas.Receive)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=schemas.NOT_NOW)
@api.alt_response(422, schema=ProblemSchema)
def receive(data: dict[str, Any], no: str) -> Any:
    """Record that the person has come: the ten days stop (I6); any office may (V2)"""
    who = calling_officer()
    with locked_case(no) as case:
        case.receive(who, **data, lease_seconds=resources.settings.claim_lease_seconds)
        return responses.standing(case)


@api.route("/<no>/phone", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.arguments(schemas.Phone)
@api.response(200, schemas.Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=schemas.NOT_NOW)
@api.alt_response(422, schema=ProblemSchema)
def confirm(data: dict[str, Any], no: str) -> Any:
    """Confirm the phone with the person, or put the right one (I11); a corrected one needs a new signature (V3)"""
    who = calling_officer()
    with locked_case(no) as case:
        confirm_phone(case, who, phone=data["phone"], lease_seconds=resources.settings.claim_lease_seconds)
        return responses.standing(case)


blueprints = (api,)

"""Finding cases and looking at them (V1, V2, V13)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import VIETNAM
from services.chassis.web import auth, paging
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification import beside
from services.verification.api import schemas
from services.verification.api.common import blueprint, case_of, checked, officer
from services.verification.model import Case
from services.verification.officers import RECEIVERS
from services.verification.reasons import REASONS
from services.verification.records import Entry, attachments_of, log

api = blueprint("cases", "Tìm và xem hồ sơ")


@api.route("")
@auth.requires(*RECEIVERS)
@api.arguments(schemas.CaseQuery, location="query")
@api.arguments(schemas.PrivateQuery, location="headers")
@api.response(200, paging.page_of(schemas.ListedCase))
@api.alt_response(422, schema=ProblemSchema, description="A filter or the cursor is wrong")
def search(query: dict[str, Any], private: dict[str, Any]) -> Any:
    """Work list and search, newest first

    Any office sees any dossier (V2). A search by dossier number or BHXH code goes into the history of what it finds.
    """
    query = query | private
    by_person = {"bhxh_code", "dossier_no"} & query.keys()
    with resources.db.write() if by_person else resources.db.read() as session:
        page = paging.fetch(session, _found(query), by=(Case.submitted_at, Case.dossier_no), query=query)
        if by_person:
            who = officer()
            for case in page["items"]:
                log(session, case.dossier_no, "found", who, searched_by=sorted(by_person))
        return page | {"items": [_listed(case) for case in page["items"]]}


@api.route("/<no>")
@auth.requires(*RECEIVERS)
@api.response(200, schemas.CaseShown)
@api.alt_response(404, schema=ProblemSchema)
def show(no: str) -> Any:
    """One case with everything an officer needs to assess it; goes into its history"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case = case_of(session, no)
        log(session, no, "viewed", who)
        return _shown(session, case)


@api.route("/<no>/history")
@auth.requires(*RECEIVERS)
@api.response(200, schemas.History)
@api.alt_response(404, schema=ProblemSchema)
def history(no: str) -> Any:
    """Who did what, oldest first (V13)"""
    with resources.db.read() as session:
        case_of(session, no)
        return {"items": session.scalars(sa.select(Entry).where(Entry.dossier_no == no).order_by(Entry.seq)).all()}


@api.route("/reasons")
@auth.requires(*RECEIVERS)
@api.response(200, schemas.Reasons)
def reasons() -> Any:
    """The reasons for which a dossier may be assessed as invalid (V6)"""
    return {"items": [reason._asdict() for reason in REASONS]}


def _found(query: dict[str, Any]) -> sa.Select[Any]:
    statement = sa.select(Case)
    for name, column in (
        ("dossier_no", Case.dossier_no),
        ("bhxh_code", Case.bhxh_code),
        ("status", Case.status),
        ("office", Case.office_code),
    ):
        if name in query:
            statement = statement.where(column == query[name])
    if "state" in query:
        statement = statement.where(Case.status.in_(schemas.STATES[query["state"]]))
    if "from_" in query:
        statement = statement.where(Case.submitted_at >= _begin(query["from_"]))
    if "to" in query:
        statement = statement.where(Case.submitted_at < _begin(query["to"] + timedelta(days=1)))
    return statement


def _begin(day: date) -> datetime:
    """Midnight on Vietnam's clock."""
    return datetime.combine(day, time(), VIETNAM)


def _listed(case: Case) -> dict[str, Any]:
    shown = {
        name: getattr(case, name)
        for name in ("dossier_no", "status", "kind", "route", "office_code", "submitted_at", "expires_at")
    }
    name = case.subject["full_name"] if case.subject else None
    return shown | {"full_name": name, "holder": case.claimed_by if case.held_now() else None}


_AS_THEY_ARE = (
    *("dossier_no", "revision", "status", "kind", "route", "channel", "filing", "submitted_at", "expires_at", "received_at"),
    *("received_office_code", "decided_at", "assessed_by", "assessed_office_code", "reason_code", "reason"),
    *("subject", "contact", "guardian", "office", "warnings"),
)


def _shown(session: Session, case: Case) -> dict[str, Any]:
    attachments = attachments_of(session, case.dossier_no).values()
    return {name: getattr(case, name) for name in _AS_THEY_ARE} | {
        "attachments": [
            {name: getattr(each, name) for name in ("kind", "content_type", "size", "sha256", "added_at")}
            | {"by_office": each.added_by is not None}
            for each in attachments
        ],
        "id_shown": case.id_shown_at is not None,
        "missing": case.missing,
        "complete_at": case.complete_at,
        "claim": {"holder": case.claimed_by, "holder_office_code": case.claimed_office_code, "lease_until": case.lease_until}
        if case.held_now()
        else None,
        "hgd": _hgd(case),
        "guardian_check": beside.guardian_check(session, case),
        "changes": beside.old_and_new(session, case),
    }


def _hgd(case: Case) -> dict[str, Any] | None:
    if not case.check_no:
        return None
    said = case.hgd or {}
    return {
        "outcome": case.hgd_outcome,
        "full_name": said.get("full_name"),
        "date_of_birth": said.get("date_of_birth"),
        "at": case.hgd_at,
    }

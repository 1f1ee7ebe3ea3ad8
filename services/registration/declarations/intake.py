"""Create a draft from a valid request: resolve codes to names, flag odd fields, refuse early what I8 would refuse later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.web.auth import Principal
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.wording import vietnamese
from services.registration.declarations.accounts import has_account
from services.registration.declarations.oddities import oddities
from services.registration.declarations.refusals import AccountExists, RegistrationOpen
from services.registration.declarations.rules import OPEN, Declaration
from services.registration.lookup import offices, units

#: in `warnings` of an adjust or stop: no account is known for this code
NO_ACCOUNT = "account"

_CODE: sa.BindParameter[str] = sa.bindparam("code", type_=sa.Text())
_OPEN_ONE = sa.exists().where(Declaration.bhxh_code == _CODE, Declaration.kind == "register", Declaration.status.in_(OPEN))
# everything a new declaration needs from the database, in one query
_KNOWN = offices.join_office(
    sa.select(has_account(_CODE).label("account"), _OPEN_ONE.label("open_one")), sa.bindparam("office", type_=sa.Text())
)


def create_draft(
    session: Session, data: dict[str, Any], *, no: str, tracking_hash: bytes, who: Principal | None, now: datetime
) -> Declaration:
    """Add a draft declaration from the form's data (as `DeclarationSchema` loads it).

    I8 is checked against what accounts has published so far; accounts itself refuses what slips through.

    :raises Problem: 422 for an unknown office or unit.
    :raises AccountExists, RegistrationOpen: where I8 forbids a registration.
    """
    subject, contact, guardian = data["subject"], data["contact"], data["guardian"]
    known = session.execute(_KNOWN, {"code": subject["bhxh_code"], "office": data["office_code"]}).one()
    office, address = _looked_up(offices.office_in(known), data)
    if data["kind"] == "register" and known.account:
        raise AccountExists
    if data["kind"] == "register" and known.open_one:
        raise RegistrationOpen
    reached = guardian if data["route"] == "guardian" else contact
    declaration = Declaration(
        dossier_no=no,
        kind=data["kind"],
        route=data["route"],
        channel=data["channel"],
        filing=data["filing"],
        tracking_hash=tracking_hash,
        office=office.as_dict(),
        bhxh_code=subject["bhxh_code"],
        subject=_json(subject),
        contact={"phone": reached["phone"], "email": reached["email"], "address": address},
        parent=data["parent"],
        particulars=_json(  # by the names of the API
            {
                "person": contact["contact_person"],
                "registered_at": data["registered_with"],
                "ivan_name": data["ivan_name"],
                "start_date": data["start_date"],
            }
        ),
        warnings=_odd_fields(subject, reached["phone"], missing_account=data["kind"] != "register" and not known.account),
        created_at=now,
    )
    if data["route"] == "guardian" and who is not None:
        declaration.guardian_account_id = who.id
        declaration.guardian = {"account_id": who.id, **guardian}
    session.add(declaration)
    return declaration


def _looked_up(office: offices.Office | None, data: dict[str, Any]) -> tuple[offices.Office, dict[str, Any]]:
    errors = []
    if office is None:
        errors.append(field_error("office_code", vi="Không có cơ quan BHXH nào mang mã này.", en="No office has this code."))
    entered = data["contact"]["address"]
    address: dict[str, Any] = {}
    try:
        names = units.resolve(entered["map"], entered["province_code"], entered["district_code"], entered["ward_code"])
        address = names.as_dict() | {"text": entered["text"]}
    except units.UnknownUnit as error:
        message = error.args[0]
        errors.append(field_error(f"contact.address.{error.field}", vi=vietnamese(message), en=str(message)))
    if office is None or errors:
        raise Problem(422, errors=errors)
    return office, address


def _odd_fields(subject: dict[str, Any], phone: str, *, missing_account: bool) -> list[str]:
    """Return the names of the fields that an officer should look at (I9); they block nothing."""
    odd = oddities(
        id_type=subject["id_type"],
        id_number=subject["id_number"],
        personal_id=subject["personal_id"],
        date_of_birth=subject["date_of_birth"],
        phone=phone,
    )
    fields = [one.field for one in odd] + ([NO_ACCOUNT] if missing_account else [])
    return list(dict.fromkeys(fields))


def _json(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}

"""Create a draft from a valid request: resolve codes to names, flag odd fields, refuse early what I8 would refuse later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import day_in_vietnam
from services.chassis.database import Instant
from services.chassis.ids import uuid7
from services.chassis.text.places import LEVELS
from services.chassis.web.auth import Principal
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.wording import vietnamese
from services.registration.declarations.accounts import has_account, is_holder
from services.registration.declarations.guardians import guardian_from_account
from services.registration.declarations.oddities import oddities
from services.registration.declarations.refusals import AccountExists, NoAccount, RegistrationOpen
from services.registration.declarations.rules import NO_ACCOUNT, OPEN, Declaration
from services.registration.declarations.succession import over
from services.registration.lookup import offices, unit_names, units


def _text(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text())


_CODE = _text("code")
_OPEN_ONE = sa.exists().where(
    Declaration.bhxh_code == _CODE,
    Declaration.kind == "register",
    Declaration.status.in_(OPEN),
    ~over(sa.bindparam("now", type_=Instant())),
)
#: that a counter does not supersede (I8)
_RECEIVED_ONE = _OPEN_ONE.where(sa.or_(Declaration.status != "submitted", Declaration.route == "counter"))
_UNIT_CODES = tuple(f"{level}_code" for level in LEVELS)
# everything a new declaration needs from the database, in one query
_KNOWN = offices.join_office(
    sa.select(
        has_account(_CODE).label("account"),
        _OPEN_ONE.label("open_one"),
        _RECEIVED_ONE.label("received_one"),
        *(
            unit_names.name_on(_text("map"), _text(f"{level}_code"), sa.bindparam("day", type_=sa.Date())).label(
                f"{level}_name"
            )
            for level in LEVELS
        ),
    ),
    _text("office"),
)


def create_draft(
    session: Session, data: dict[str, Any], *, tracking_hash: bytes, who: Principal | None, now: datetime
) -> Declaration:
    """Add a draft declaration from the form's data (as `DeclarationSchema` loads it).

    I8 is checked against what accounts has published so far; accounts itself opens no second account for what slips through. Only staff and the
    account's signed-in holder are told of it: anybody else gets the ordinary answer, and the officer a warning.

    :raises Problem: 422 for an unknown office or unit, and as `guardian_from_account` does.
    :raises AccountExists, RegistrationOpen: where I8 forbids a registration.
    :raises NoAccount: where an adjust or stop of somebody signed in has no account to act on (V12).
    """
    subject, contact, guardian = data["subject"], data["contact"], None
    codes = {name: contact["address"][name] for name in ("map", *_UNIT_CODES)}
    asked = {"code": subject["bhxh_code"], "office": data["office_code"], "now": now, "day": day_in_vietnam(now)}
    known = session.execute(_KNOWN, asked | codes).one()
    office, address = _looked_up(known, data)
    at_counter = data["route"] == "counter"
    if data["kind"] == "register" and known.account and (at_counter or is_holder(session, who, subject["bhxh_code"])):
        raise AccountExists
    if data["kind"] != "register" and not known.account and who is not None:
        raise NoAccount
    if data["kind"] == "register" and (known.received_one if at_counter else known.open_one):
        raise RegistrationOpen
    if data["route"] == "guardian" and who is not None:
        guardian = guardian_from_account(session, who.id, data["guardian"], contact)
    reached = guardian or contact
    draft_id = uuid7()
    # staff have the person before them, and a guardian's phone is the account's (I11)
    declaration = Declaration(
        id=draft_id,
        dossier_no=str(draft_id),
        kind=data["kind"],
        route=data["route"],
        channel=data["channel"],
        filing=data["filing"],
        tracking_hash=tracking_hash,
        office=office.as_dict(),
        office_code=office.code,
        province_code=office.province_code,
        bhxh_code=subject["bhxh_code"],
        subject=_json(subject),
        contact={"phone": reached["phone"], "email": reached["email"], "address": address}
        | ({"remove_email": True} if contact["remove_email"] else {}),
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
        phone_proved=data["route"] != "portal",
    )
    if guardian is not None:
        declaration.guardian_account_id, declaration.guardian = guardian["account_id"], guardian
    session.add(declaration)
    return declaration


def _looked_up(known: Any, data: dict[str, Any]) -> tuple[offices.Office, dict[str, Any]]:
    """Return the office and the address with its units' names of today, from what the database knows.

    :raises Problem: 422 for an unknown office or unit.
    """
    office = offices.office_in(known)
    errors = []
    if office is None:
        errors.append(field_error("office_code", vi="Không có cơ quan BHXH nào mang mã này.", en="No office has this code."))
    entered = data["contact"]["address"]
    address: dict[str, Any] = {}
    province, district, ward = (entered[name] for name in _UNIT_CODES)
    named = ((entered[f"{level}_code"], getattr(known, f"{level}_name")) for level in LEVELS)
    renamed = {code: name for code, name in named if code and name}
    try:
        names = units.resolve(entered["map"], province, district, ward, renamed)
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

"""From a checked request to a declaration: names for codes, odd fields, and I8 before anybody waits for nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.web.auth import Principal
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.wording import vietnamese
from services.registration import offices, units
from services.registration.model import OPEN, Declaration
from services.registration.model_accounts import has_account
from services.registration.oddities import oddities, of_personal_id

#: among `warnings` of an adjust or stop: we know of no account under this code
NO_ACCOUNT = "account"

_CODE: sa.BindParameter[str] = sa.bindparam("code", type_=sa.Text())
_ACCOUNT = sa.select(has_account(_CODE))
_OPEN_ONE = sa.exists().where(Declaration.bhxh_code == _CODE, Declaration.kind == "register", Declaration.status.in_(OPEN))
# all that a new declaration asks the database, in one question
_KNOWN = offices.beside(
    sa.select(has_account(_CODE).label("account"), _OPEN_ONE.label("open_one")), sa.bindparam("office", type_=sa.Text())
)


def new(
    session: Session, data: dict[str, Any], *, no: str, tracking_hash: bytes, who: Principal | None, now: datetime
) -> Declaration:
    """A draft of what the form says.

    :raises Problem: 422 for an office or unit that there is not; 409 where I8 forbids a registration.
    """
    subject, contact, guardian = data["subject"], data["contact"], data["guardian"]
    found = session.execute(_KNOWN, {"code": subject["bhxh_code"], "office": data["office_code"]}).one()
    account, open_one = found.account, found.open_one
    office, address = _looked_up(offices.of_row(found), data)
    if data["kind"] == "register":
        refuse_second(account=account, open_registration=open_one)
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
        particulars=_json(
            {
                "person": contact["person"],
                "registered_at": data["registered_at"],
                "ivan_name": data["ivan_name"],
                "start_date": data["start_date"],
            }
        ),
        warnings=_odd_fields(subject, reached["phone"], missing_account=data["kind"] != "register" and not account),
        created_at=now,
    )
    if data["route"] == "guardian" and who is not None:
        declaration.guardian_account_id = who.id
        declaration.guardian = {"account_id": who.id, **guardian}
    session.add(declaration)
    return declaration


def refuse_second(*, account: bool, open_registration: bool) -> None:
    """I8: one account each (2659), one open registration per BHXH code.

    Only what accounts told is known here, so a code whose news is still on the way is refused by accounts later.
    """
    if account:
        raise Problem(
            409,
            "account-exists",
            vi="Mã số BHXH này đã có tài khoản. Hãy đăng nhập, hoặc nộp tờ khai điều chỉnh thông tin.",
            en="This BHXH code has an account. Sign in, or file a declaration of the kind adjust.",
        )
    if open_registration:
        raise second_registration()


def code_has_account(session: Session, bhxh_code: str) -> bool:
    """As accounts told, so far."""
    return bool(session.scalar(_ACCOUNT, {"code": bhxh_code}))


def second_registration() -> Problem:
    """The answer where another registration of the code is open."""
    return Problem(
        409,
        "registration-open",
        vi="Mã số BHXH này đang có một hồ sơ đăng ký chưa xử lý xong. Hãy dùng số hồ sơ đã nhận qua tin nhắn.",
        en="A registration of this BHXH code is open already. Use the dossier number from the SMS.",
    )


def _looked_up(office: offices.Office | None, data: dict[str, Any]) -> tuple[offices.Office, dict[str, Any]]:
    errors = []
    if office is None:
        errors.append(
            field_error("office_code", vi="Không có cơ quan BHXH nào mang mã này.", en="There is no office of this code.")
        )
    given = data["contact"]["address"]
    address: dict[str, Any] = {}
    try:
        found = units.resolve(given["map"], given["province_code"], given["district_code"], given["ward_code"])
        address = found.as_dict() | {"text": given["text"]}
    except units.UnknownUnit as error:
        said = str(error.args[0])
        errors.append(field_error(f"contact.address.{error.field}", vi=vietnamese(error.args[0]), en=said))
    if office is None or errors:
        raise Problem(422, errors=errors)
    return office, address


def _odd_fields(subject: dict[str, Any], phone: str, *, missing_account: bool) -> list[str]:
    """I9: what an officer should look at; nobody is sent away for it."""
    born: date | None = subject["date_of_birth"]
    odd = oddities(id_type=subject["id_type"], id_number=subject["id_number"], date_of_birth=born, phone=phone)
    if subject["personal_id"]:
        odd += of_personal_id(subject["personal_id"], born)
    fields = [one.field for one in odd] + ([NO_ACCOUNT] if missing_account else [])
    return list(dict.fromkeys(fields))


def _json(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}

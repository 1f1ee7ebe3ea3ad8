"""Have a first password that did not arrive sent anew (A2)."""

from typing import Any

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases.access import locked_case
from services.verification.cases.responses import standing
from services.verification.cases.schemas import NOT_NOW, Standing
from services.verification.officers.access import calling_officer
from services.verification.officers.rules import DECIDERS
from services.verification.passwords.rules import request_password
from services.verification.passwords.schemas import PasswordRequest

api = Blueprint("passwords", url_prefix="/cases", description="Gửi lại mật khẩu lần đầu")


@api.route("/<no>/password", methods=["POST"])
@auth.requires(*DECIDERS)
@api.arguments(PasswordRequest)
@api.response(200, Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=NOT_NOW)
@api.alt_response(422, schema=ProblemSchema)
def send_anew(data: dict[str, Any], no: str) -> Any:
    """Have another first password made and sent, to the right phone if the one on the form is wrong

    Only for a case with `password_failure`, and only while the person is here. The old password no longer opens the account.
    """
    who = calling_officer()
    with locked_case(no) as case:
        request_password(case, who, phone=data["phone"], lease_seconds=resources.settings.claim_lease_seconds)
        return standing(case)


blueprints = (api,)

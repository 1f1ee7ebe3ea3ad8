"""Correct what the form says (V3, V7)."""

from typing import Any

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases.access import locked_case
from services.verification.cases.responses import standing
from services.verification.cases.schemas import NOT_NOW, Standing
from services.verification.corrections.rules import correct
from services.verification.corrections.schemas import Correction
from services.verification.officers.access import calling_officer
from services.verification.officers.rules import DECIDERS

api = Blueprint("corrections", url_prefix="/cases", description="Sửa thông tin tờ khai")


@api.route("/<no>/correction", methods=["POST"])
@auth.requires(*DECIDERS)
@api.arguments(Correction)
@api.response(200, Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=NOT_NOW)
@api.alt_response(422, schema=ProblemSchema)
def correct_case(data: dict[str, Any], no: str) -> Any:
    """Correct fields of the form before the decision

    A correction voids the signed form and the PDF: the form is made anew, and the person signs it again (V3). After HGĐ
    did not confirm name or code, decide again (V7). The registration of somebody who has an account becomes an `adjust` (I11).
    """
    who = calling_officer()
    with locked_case(no) as case:
        correct(case, who, data, lease_seconds=resources.settings.claim_lease_seconds)
        return standing(case)


blueprints = (api,)

"""Record that the papers of a dossier have come by post (I12)."""

from typing import Any

from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import ProblemSchema
from services.chassis.web.resources import resources
from services.verification.cases.access import locked_case
from services.verification.cases.responses import standing
from services.verification.cases.schemas import NOT_NOW, Standing
from services.verification.letters.rules import open_letter
from services.verification.letters.schemas import Letter
from services.verification.officers.access import calling_officer
from services.verification.officers.rules import RECEIVERS

api = Blueprint("letters", url_prefix="/cases", description="Hồ sơ gửi qua bưu chính công ích")


@api.route("/<no>/letter", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.arguments(Letter)
@api.response(200, Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=NOT_NOW)
@api.alt_response(422, schema=ProblemSchema, description="The posting date is outside the ten days")
def record_letter(data: dict[str, Any], no: str) -> Any:
    """Record the letter that was opened: its posting date counts for the ten days

    Possible until `letters_until`. Then scan what it holds; nobody has to come unless nothing proves who sent it.
    """
    who = calling_officer()
    with locked_case(no) as case:
        open_letter(case, who, **data, lease_seconds=resources.settings.claim_lease_seconds)
        return standing(case)


blueprints = (api,)

"""The fact that tells verification whose dossiers a member of staff must not work on (V14)."""

from marshmallow import fields

from services.accounts.accounts.facts import ACCOUNT_ID_EXAMPLE
from services.chassis.facts import Fact, private


class StaffIdentified(
    Fact,
    name="staff_identified",
    version=1,
    subject="account_id",
    example={"account_id": ACCOUNT_ID_EXAMPLE, "own_id": "001087000001"},
):
    """The personal ID of a member of staff, of their own (V14). It is in no token: a hash of twelve digits hides nothing."""

    account_id: str = private(fields.String(required=True))
    own_id: str = private(fields.String(required=True))

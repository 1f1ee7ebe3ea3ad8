"""The fact about a case before its decision."""

from datetime import datetime

from marshmallow import fields

from services.chassis.facts import Fact, public


class CaseReceived(
    Fact,
    name="case_received",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "261121-000001-6", "office_code": "79", "received_at": "2026-11-23T10:00:00+07:00"},
):
    """The person has come to an office: the ten-day clock stops (I6, V5)."""

    dossier_no: str = public(fields.String(required=True))
    office_code: str = public(fields.String(required=True))
    received_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))

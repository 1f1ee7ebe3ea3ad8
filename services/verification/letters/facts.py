"""The fact that a letter proved nothing about who sent it."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private
from services.verification.cases.declaration import Contact
from services.verification.decisions.facts import EXAMPLE_CONTACT, EXAMPLE_NUMBER


class VisitRequested(
    Fact,
    name="visit_requested",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
        "requested_at": "2026-11-27T10:06:00+07:00",
    },
):
    """The papers came by post, and nothing proves who sent them: the person is to show their ID at any office (I12)."""

    dossier_no: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    requested_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))

"""The fact that an officer has corrected what the form says."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private
from services.verification.cases.declaration import Contact, Parent, Subject
from services.verification.decisions.facts import EXAMPLE_CONTACT, EXAMPLE_NUMBER, EXAMPLE_SUBJECT


class DeclarationCorrected(
    Fact,
    name="declaration_corrected",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "subject": EXAMPLE_SUBJECT,
        "contact": EXAMPLE_CONTACT,
        "parent": None,
        "contact_person": "Nguyễn Thành Biên",
        "kind": "register",
        "corrected_at": "2026-11-23T10:02:00+07:00",
    },
):
    """An officer has corrected the form: registration makes it anew, and it is to be signed again (V3).

    `kind`: of the declaration now; the registration of a code that has an account becomes an `adjust` at the counter (I11).

    Each part is told whole, as it reads now. `corrected_at` tells which form is the newest.
    """

    dossier_no: str = private(fields.String(required=True))
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    parent: dict[str, Any] | None = private(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    contact_person: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    kind: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    corrected_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))

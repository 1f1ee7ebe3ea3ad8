"""Facts about verified dossiers that left every account as it was: somebody must act, or be told."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.accounts.accounts.facts import CONTACT_EXAMPLE, Contact
from services.chassis.facts import Fact, private, public


class IdentityTaken(
    Fact,
    name="identity_taken",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "decided_at": "2026-11-23T10:06:00+07:00",
        "account_id": "019aa5b5-c0de-7000-a000-00000000000b",
        "bhxh_code": "7912345678",
    },
):
    """The dossier's personal ID is that of an open account under another BHXH code: nothing was opened or changed (V15).

    `account_id` and `bhxh_code` are of that other account; `decided_at` is of the decision that this answers.
    """

    dossier_no: str = private(fields.String(required=True))
    decided_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    account_id: str = private(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))


class DeclarationWithoutEffect(
    Fact,
    name="declaration_without_effect",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "kind": "adjust",
        "bhxh_code": "0113099841",
        "contact": CONTACT_EXAMPLE,
        "settled_at": "2026-11-23T10:06:01+07:00",
    },
):
    """A verified `adjust` or `stop` found no open account (V12): nothing was changed, and the person is told what to do.

    `contact` is the dossier's own, which an officer has confirmed.
    """

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(("adjust", "stop"))))
    bhxh_code: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    settled_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))

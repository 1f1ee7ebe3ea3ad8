"""Facts about the legal clock of a case (N): it is about to run out, it has run out. Nothing in them is about the person."""
# ruff: noqa: RUF009  # `private(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Range

from services.chassis.facts import Fact, private

#: the fields of `AboutClock`, for the examples
EXAMPLE = {
    "dossier_no": "261121-000001-6",
    "route": "counter",
    "office_code": "01",
    "office_name": "BHXH Thành phố Hà Nội",
    "complete_at": "2026-11-25T10:00:00+07:00",
    "due_at": "2026-12-01T00:00:00+07:00",
    "staff": [
        {
            "role": "approver",
            "code": "019aa5b5-c0de-7000-a000-00000000000a",
            "name": "Trần Thị Lan",
            "email": "lan.tt@hanoi.vss.example",
        }
    ],
}


class Addressee(Schema):
    """A member of staff to write to. `code`: their account."""

    role = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


@dataclass(frozen=True, kw_only=True)
class AboutClock:
    """The fields that both facts have. `office_code`: the office that received the case, otherwise the one that the form names."""

    dossier_no: str = private(fields.String(required=True))
    route: str = private(fields.String(required=True))
    office_code: str = private(fields.String(required=True))
    #: empty where it is not the one that the form names: verification has no list of offices
    office_name: str = private(fields.String(required=True))
    complete_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    due_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    #: empty if nobody with an e-mail address is known
    staff: list[dict[str, Any]] = private(fields.List(fields.Nested(Addressee), required=True))


class CaseDueSoon(AboutClock, Fact, name="case_due_soon", version=1, subject="dossier_no", example=EXAMPLE):
    """A complete dossier is not decided, and its legal clock is about to run out (N, 2659)."""


class CaseOverdue(AboutClock, Fact, name="case_overdue", version=1, subject="dossier_no", example=EXAMPLE | {"level": 1}):
    """The legal clock of a complete dossier has run out (N, 2659). Level 1 is told to the office, 2 to its director; each once."""

    level: int = private(fields.Integer(required=True, validate=Range(1, 2)))

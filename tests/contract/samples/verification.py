"""A sample of the verification service: it reads a little of each declaration and publishes its decision in two versions."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.facts import Fact, Reader, private, public, reads


class Channel(enum.Enum):
    COUNTER = "counter"
    MOBILE_DESK = "mobile_desk"


class CaseReceived(
    Fact,
    name="case_received",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-8",
        "office_code": "00128",
        "channel": "mobile_desk",
        "received_at": "2026-11-24T09:02:11+07:00",
        "officer": "Trần Thị Mai",
    },
):
    """An officer has received the person; the ten days stand still."""

    dossier_no: str = public(fields.String(required=True))
    office_code: str = public(fields.String(required=True, validate=validate.Regexp(r"\d{5}$")))
    channel: Channel = public(fields.Enum(Channel, by_value=fields.String, required=True))
    received_at: dt.datetime = public(fields.AwareDateTime(required=True))
    officer: str = private(fields.String(required=True))


class IdentityVerifiedV1(
    Fact,
    name="identity_verified",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "261121-000001-8", "decided_at": "2026-11-24T09:20:00+07:00"},
):
    """The person is who the declaration says, and the code is theirs. Superseded by v2, which tells how sure the match was."""

    dossier_no: str = public(fields.String(required=True))
    decided_at: dt.datetime = public(fields.AwareDateTime(required=True))


class IdentityVerified(
    Fact,
    name="identity_verified",
    version=2,
    subject="dossier_no",
    needs_reader=False,
    example={
        "dossier_no": "261121-000001-8",
        "decided_at": "2026-11-24T09:20:00+07:00",
        "match": {"score": 0.98, "names": ["Nguyễn Thành Biên", "NGUYỄN THÀNH BIÊN"]},
    },
):
    """The person is who the declaration says, and the code is theirs."""

    dossier_no: str = public(fields.String(required=True))
    decided_at: dt.datetime = public(fields.AwareDateTime(required=True))
    match: dict[str, Any] = private(
        fields.Nested(
            ma.Schema.from_dict(
                {
                    "score": fields.Float(required=True, validate=validate.Range(min=0, min_inclusive=False, max=1)),
                    "names": fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=5)),
                },
                name="Match",
            ),
            required=True,
        )
    )


class OfficeRead(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    code = fields.String(required=True)


class NewDossier(Reader, service="registration", name="declaration_submitted", version=1):
    """What an officer's work list needs."""

    dossier_no: str = reads(fields.String(required=True))
    route: str = reads(fields.String(required=True))
    office: dict[str, Any] = reads(fields.Nested(OfficeRead, required=True))
    signature: str | None = reads(fields.String(allow_none=True), default=None)


def open_case(session: Any, fact: NewDossier) -> None:
    """Samples handle nothing."""


class Verification:
    name: ClassVar[str] = "verification"
    publishes: ClassVar[Sequence[type[Fact]]] = (CaseReceived, IdentityVerified, IdentityVerifiedV1)
    reads: ClassVar[Mapping[type[Reader], Callable[..., Any]]] = {NewDossier: open_case}

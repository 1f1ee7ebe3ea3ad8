"""A sample of the registration service: what it publishes, and the two facts it waits for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.facts import Fact, Reader, private, public, reads

_PUBLIC = {"public": True}


class Subject(ma.Schema):
    """The person the declaration is about."""

    bhxh_code = fields.String(required=True, validate=validate.Regexp(r"^\d{10}$"))
    full_name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    date_of_birth = fields.Date(allow_none=True, load_default=None)
    id_type = fields.String(required=True, validate=validate.OneOf(["cmnd", "cccd", "passport"]))
    id_number = fields.String(required=True)


class Contact(ma.Schema):
    """How the person is reached."""

    phone = fields.String(required=True, metadata={"description": "E.164"})
    email = fields.Email(allow_none=True, load_default=None)
    address = fields.String(required=True)


class Office(ma.Schema):
    """The office named in the form; any other may finish the dossier."""

    code = fields.String(required=True, metadata=_PUBLIC)
    name = fields.String(required=True, metadata=_PUBLIC)


class Attachment(ma.Schema):
    """A picture or paper, kept as a document of its own."""

    kind = fields.String(required=True, metadata=_PUBLIC)
    document_id = fields.UUID(required=True)
    sha256 = fields.String(required=True, validate=validate.Length(equal=64))
    content_type = fields.String(required=True)
    size = fields.Integer(required=True, validate=validate.Range(min=1), metadata={**_PUBLIC, "description": "bytes"})


class DeclarationSubmitted(
    Fact,
    name="declaration_submitted",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-8",
        "kind": "register",
        "route": "portal",
        "submitted_at": "2026-11-21T08:15:00+07:00",
        "subject": {
            "bhxh_code": "0113099841",
            "full_name": "Nguyễn Thành Biên",
            "date_of_birth": "1976-07-20",
            "id_type": "cccd",
            "id_number": "111349876090",
        },
        "contact": {
            "phone": "+84983847986",
            "email": "bien.nt@example.vn",
            "address": "Thôn 4 Thụ Trai, Phúc Hòa, Phúc Thọ, Hà Nội",
        },
        "office": {"code": "00128", "name": "BHXH huyện Phúc Thọ"},
        "attachments": [
            {
                "kind": "portrait",
                "document_id": "019360aa-7f00-7000-8000-00000000a001",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "content_type": "image/jpeg",
                "size": 183_204,
            }
        ],
        "fee": "15000.00",
        "remarks": {"counter": "đã xem bản gốc"},
        "signature": None,
    },
):
    """A citizen has sent Form 01.

    From now on the office has the dossier, and the citizen has ten days to come if the route asks for it.
    """

    dossier_no: str = public(fields.String(required=True, metadata={"description": "số hồ sơ"}))
    kind: str = public(fields.String(required=True, validate=validate.OneOf(["register", "adjust", "stop"])))
    route: str = public(
        fields.String(required=True, validate=validate.OneOf(["portal", "certificate", "counter", "guardian"]))
    )
    submitted_at: dt.datetime = public(fields.AwareDateTime(required=True))
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    attachments: list[dict[str, Any]] = public(fields.List(fields.Nested(Attachment), required=True))
    fee: Any = private(fields.Decimal(as_string=True, places=2, allow_none=True), default=None)
    remarks: dict[str, str] | None = private(
        fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True), default=None
    )
    signature: str | None = private(fields.String(allow_none=True), default=None)


class DeclarationExpired(
    Fact,
    name="declaration_expired",
    version=1,
    subject="dossier_no",
    needs_reader=False,
    example={"dossier_no": "261121-000001-8", "expired_at": "2026-12-01T08:15:00+07:00"},
):
    """Nobody came within ten days: the declaration is cancelled by itself and its data deleted."""

    dossier_no: str = public(fields.String(required=True))
    expired_at: dt.datetime = public(fields.AwareDateTime(required=True))


class DraftLeft(
    Fact,
    name="draft_left",
    version=1,
    subject="draft_id",
    needs_reader=False,
    example={"draft_id": "019360aa-7f00-7000-8000-00000000d001"},
):
    """A draft was begun and not sent; nobody outside hears of it."""

    draft_id: uuid.UUID = private(fields.UUID(required=True))


class IdentityVerified(Reader, service="verification", name="identity_verified", version=1):
    dossier_no: str = reads(fields.String(required=True))


class CaseReceived(Reader, service="verification", name="case_received", version=1):
    dossier_no: str = reads(fields.String(required=True))
    received_at: dt.datetime = reads(fields.AwareDateTime(required=True))


def close_dossier(session: Any, fact: IdentityVerified) -> None:
    """Samples handle nothing."""


def stop_the_clock(session: Any, fact: CaseReceived) -> None:
    """Samples handle nothing."""


class Registration:
    name: ClassVar[str] = "registration"
    publishes: ClassVar[Sequence[type[Fact]]] = (DeclarationSubmitted, DeclarationExpired, DraftLeft)
    reads: ClassVar[Mapping[type[Reader], Callable[..., Any]]] = {
        IdentityVerified: close_dossier,
        CaseReceived: stop_the_clock,
    }

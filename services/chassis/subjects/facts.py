"""The facts between accounts, which takes a data subject's request, and all services, which answer it."""

# `reads(…)` declares a field, not a default value

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, Reader, private, reads, secret

EXPORT, ERASE = "export", "erase"
ACTIONS = ("find", EXPORT, ERASE)


class _Person(Schema):
    bhxh_code = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)


class Staying(Schema):
    """What is not erased, of how many records, and why."""

    data = fields.String(required=True)
    count = fields.Integer(required=True)
    why = fields.String(required=True)


class DataSubjectRequested(
    Fact,
    name="data_subject_requested",
    version=1,
    subject="request_no",
    example={
        "request_no": "YC-261128-1a2b3c4d",
        "action": "find",
        "person": {"bhxh_code": "0113099841", "id_number": None, "phone": "+84983847986", "email": None},
        "public_key": "k1Yb0mXl2m9pHqzE1n1cV9s1c7m8yB9o9i4nHnq2dXo=",
    },
):
    """Somebody asks what is held of them, for a copy, or for its erasure (PDP law). Copies are sealed to `public_key`."""

    request_no: str = private(fields.String(required=True))
    action: str = private(fields.String(required=True, validate=OneOf(ACTIONS)))
    person: dict[str, Any] = private(fields.Nested(_Person, required=True))
    public_key: str = private(fields.String(required=True))


class DataSubjectAnswered(
    Fact,
    name="data_subject_answered",
    version=1,
    subject="request_no",
    example={
        "request_no": "YC-261128-1a2b3c4d",
        "found": {"declarations": 1},
        "erased": {},
        "staying": [],
        "sealed_records": [],
    },
):
    """What one service holds of the person; of an erasure what stays, and why; of an export the records, sealed in pieces."""

    request_no: str = private(fields.String(required=True))
    found: dict[str, int] = private(fields.Dict(keys=fields.String(), values=fields.Integer(), required=True))
    erased: dict[str, int] = private(fields.Dict(keys=fields.String(), values=fields.Integer(), required=True))
    staying: list[dict[str, Any]] = private(fields.List(fields.Nested(Staying), required=True))
    sealed_records: list[str] | None = secret(fields.List(fields.String(), load_default=None, allow_none=True), default=None)


class Requested(Reader, service="accounts", name="data_subject_requested", version=1):
    """The request, as every service reads it."""

    request_no: str = reads(fields.String(required=True))
    action: str = reads(fields.String(required=True))
    person: dict[str, Any] = reads(fields.Nested(_Person, required=True))
    public_key: str = reads(fields.String(required=True))

"""Facts about the ten days in which a person must come to an office (I6)."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.registration.declarations.parts import EXAMPLE_CONTACT, EXAMPLE_NUMBER, KINDS, ROUTES, Contact


class DeclarationExpiring(
    Fact,
    name="declaration_expiring",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "expires_at": "2026-12-01T09:30:00+07:00",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """Nobody has come yet, and two days are left (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class DeclarationExpired(
    Fact,
    name="declaration_expired",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "expired_at": "2026-12-01T09:30:00+07:00",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """Ten days are over and nobody came: cancelled by itself, its data deleted (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expired_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )

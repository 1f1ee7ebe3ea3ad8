"""Facts about time: the ten days in which a person must come, and those who came and left (I6)."""

from datetime import date, datetime
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
        "expires_at": "2026-12-02T00:00:00+07:00",
        "last_day": "2026-12-01",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """Nobody has come yet, and two working days are left (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date | None = public(fields.Date(load_default=None, allow_none=True), default=None)
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class DeclarationExtended(
    Fact,
    name="declaration_extended",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "expires_at": "2026-12-03T00:00:00+07:00",
        "last_day": "2026-12-02",
        "previous_last_day": "2026-12-01",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """The end has moved to a later one, because the calendar changed (I6, W1); never to an earlier one.

    Where only the hour was too early, as an earlier release told it, `last_day` is the `previous_last_day`.
    """

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date = public(fields.Date(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    previous_last_day: date | None = public(
        fields.Date(load_default=None, allow_none=True, metadata={"description": "the last day told before"}), default=None
    )
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
        "expired_at": "2026-12-02T01:40:00+07:00",
        "last_day": "2026-12-01",
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
    last_day: date | None = public(fields.Date(load_default=None, allow_none=True), default=None)
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class PicturesAwaited(
    Fact,
    name="pictures_awaited",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "guardian",
        "pictures": ["birth_certificate"],
        "expires_at": "2026-12-05T00:00:00+07:00",
        "last_day": "2026-12-04",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """An officer has asked a guardian for missing pictures; unanswered until the last day, the declaration expires (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    pictures: list[str] = public(fields.List(fields.String(), required=True))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date = public(fields.Date(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class DeclarationUnfinished(
    Fact,
    name="declaration_unfinished",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "noticed_at": "2026-12-08T09:30:00+07:00",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """The person was received and left, and ten working days later nothing is decided: may withdraw or file anew (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    noticed_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )

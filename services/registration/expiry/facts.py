"""Facts about time: the ten days in which a person must come, and those who came and left (I6)."""
# ruff: noqa: RUF009  # `public(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.registration.declarations.parts import EXAMPLE_CONTACT, EXAMPLE_NUMBER, KINDS, ROUTES, Contact

#: an example of `AboutDeclaration`
_EXAMPLE = {
    "dossier_no": EXAMPLE_NUMBER,
    "kind": "register",
    "route": "portal",
    "bhxh_code": "0113099841",
    "full_name": "Nguyễn Thành Biên",
    "contact": EXAMPLE_CONTACT,
}


@dataclass(frozen=True, kw_only=True)
class AboutDeclaration:
    """The fields that all of them have: which declaration it is, and whom to tell."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )
    #: None in facts of earlier releases
    phone_proved: bool | None = private(fields.Boolean(load_default=None, allow_none=True), default=None)


class DeclarationExpiring(
    AboutDeclaration,
    Fact,
    name="declaration_expiring",
    version=1,
    subject="dossier_no",
    example=_EXAMPLE | {"expires_at": "2026-12-02T00:00:00+07:00", "last_day": "2026-12-01"},
):
    """Nobody has come yet, and two working days are left (I6)."""

    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date | None = public(fields.Date(load_default=None, allow_none=True), default=None)


class DeclarationExtended(
    AboutDeclaration,
    Fact,
    name="declaration_extended",
    version=1,
    subject="dossier_no",
    example=_EXAMPLE
    | {"expires_at": "2026-12-03T00:00:00+07:00", "last_day": "2026-12-02", "previous_last_day": "2026-12-01"},
):
    """The end has moved to a later one, because the calendar changed (I6, W1); never to an earlier one.

    Where only the hour was too early, as an earlier release told it, `last_day` is the `previous_last_day`.
    """

    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date = public(fields.Date(required=True))
    previous_last_day: date | None = public(
        fields.Date(load_default=None, allow_none=True, metadata={"description": "the last day told before"}), default=None
    )


class DeclarationExpired(
    AboutDeclaration,
    Fact,
    name="declaration_expired",
    version=1,
    subject="dossier_no",
    example=_EXAMPLE | {"expired_at": "2026-12-02T01:40:00+07:00", "last_day": "2026-12-01"},
):
    """Ten days are over and nobody came: cancelled by itself, its data deleted (I6)."""

    expired_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date | None = public(fields.Date(load_default=None, allow_none=True), default=None)


class PicturesAwaited(
    AboutDeclaration,
    Fact,
    name="pictures_awaited",
    version=1,
    subject="dossier_no",
    example=_EXAMPLE
    | {
        "route": "guardian",
        "pictures": ["birth_certificate"],
        "expires_at": "2026-12-05T00:00:00+07:00",
        "last_day": "2026-12-04",
    },
):
    """An officer has asked a guardian for missing pictures; unanswered until the last day, the declaration expires (I6)."""

    pictures: list[str] = public(fields.List(fields.String(), required=True))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    last_day: date = public(fields.Date(required=True))


class DeclarationUnfinished(
    AboutDeclaration,
    Fact,
    name="declaration_unfinished",
    version=1,
    subject="dossier_no",
    example=_EXAMPLE | {"noticed_at": "2026-12-08T09:30:00+07:00"},
):
    """The person was received and left, and ten working days later nothing is decided: may withdraw or file anew (I6)."""

    noticed_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))

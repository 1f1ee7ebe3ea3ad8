"""The facts that are told to the person of a dossier, with only the fields that the messages need."""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.fields import day, moment, nested, text
from services.notifications.messages.parts import Attachment, Contact, Office, Parent, Subject


@dataclass(frozen=True, kw_only=True)
class OfDossier:
    """A fact about a dossier, for its person."""

    dossier_no: str = text()
    contact: dict[str, Any] = nested(Contact)


@dataclass(frozen=True, kw_only=True)
class OfWaiting(OfDossier):
    """A fact about a declaration that waits; ``phone_proved``: None in facts of earlier releases."""

    phone_proved: bool | None = reads(fields.Boolean(load_default=None, allow_none=True), default=None)


class DeclarationSubmitted(OfDossier, Reader, service="registration", name="declaration_submitted", version=1):
    phone_proved: bool = reads(fields.Boolean(load_default=True), default=True)
    kind: str = text()
    route: str = text()
    filing: str | None = text(allow_none=True)
    expires_at: datetime | None = moment(allow_none=True)
    subject: dict[str, Any] = nested(Subject)
    parent: dict[str, Any] | None = reads(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    sealed_form_link: str | None = text(allow_none=True)


class AttachmentAdded(OfDossier, Reader, service="registration", name="attachment_added", version=1):
    attachment: dict[str, Any] = nested(Attachment)
    full_name: str = text()
    last_day: date | None = day()
    made_for: str | None = text(allow_none=True)
    filing: str | None = text(allow_none=True)
    route: str | None = text(allow_none=True)


class DeclarationExpiring(OfWaiting, Reader, service="registration", name="declaration_expiring", version=1):
    route: str = text()
    filing: str | None = text(allow_none=True)
    expires_at: datetime = moment()


class DeclarationExtended(OfWaiting, Reader, service="registration", name="declaration_extended", version=1):
    route: str | None = text(allow_none=True)
    filing: str | None = text(allow_none=True)
    expires_at: datetime = moment()
    last_day: date | None = day()
    previous_last_day: date | None = day()


class PicturesAwaited(OfWaiting, Reader, service="registration", name="pictures_awaited", version=1):
    full_name: str = text()
    pictures: list[str] = reads(fields.List(fields.String(), required=True))
    expires_at: datetime = moment()


class DeclarationUnfinished(OfWaiting, Reader, service="registration", name="declaration_unfinished", version=1):
    route: str = text()


class DeclarationExpired(OfWaiting, Reader, service="registration", name="declaration_expired", version=1):
    route: str = text()
    filing: str | None = text(allow_none=True)
    last_day: date | None = day()


class DeclarationWithdrawn(Reader, service="registration", name="declaration_withdrawn", version=1):
    dossier_no: str = text()
    superseded_by: str | None = text(allow_none=True)
    #: of one superseded
    contact: dict[str, Any] | None = reads(fields.Nested(Contact, load_default=None, allow_none=True), default=None)


class PhoneCodeIssued(Reader, service="registration", name="phone_code_issued", version=1):
    draft_id: str = text()
    code_id: str = text()
    contact: dict[str, Any] = nested(Contact)
    #: None where it is told again after the box was handed over
    sealed_code: str | None = text(allow_none=True)
    expires_at: datetime = moment()


class PhoneConfirmed(Reader, service="verification", name="phone_confirmed", version=1):
    dossier_no: str = text()


class DeclarationRejected(OfDossier, Reader, service="verification", name="declaration_rejected", version=1):
    route: str = text()
    filing: str | None = text(allow_none=True)
    subject: dict[str, Any] = nested(Subject)
    office: dict[str, Any] = nested(Office)
    complete_at: datetime = moment()
    reason: str = text()
    phone_proved: bool | None = reads(fields.Boolean(load_default=None, allow_none=True), default=None)


class CodeNotFound(OfDossier, Reader, service="verification", name="code_not_found", version=1):
    route: str = text()
    full_name: str = text()


class IdentityQuestioned(OfDossier, Reader, service="verification", name="identity_questioned", version=1):
    route: str = text()
    full_name: str = text()
    #: name_differs, birth_differs, identity_in_use; anything else is told in general words
    what: str = text()


class VisitRequested(OfDossier, Reader, service="verification", name="visit_requested", version=1):
    full_name: str = text()


class AccountActivated(OfDossier, Reader, service="accounts", name="account_activated", version=1):
    account_id: str = text()
    route: str = text()
    filing: str | None = text(allow_none=True)
    bhxh_code: str = text()
    full_name: str = text()
    #: None where it is told again after the box was handed over
    sealed_credential: str | None = text(allow_none=True)
    guardian_account_id: str | None = reads(fields.String(required=True, allow_none=True))
    password_until: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )
    complete_at: datetime = moment()


class FirstPasswordRenewed(OfDossier, Reader, service="accounts", name="first_password_renewed", version=1):
    account_id: str = text()
    bhxh_code: str = text()
    full_name: str = text()
    #: None where it is told again after the box was handed over
    sealed_credential: str | None = text(allow_none=True)
    guardian_account_id: str | None = reads(fields.String(required=True, allow_none=True))
    password_until: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )


class AccountAdjusted(OfDossier, Reader, service="accounts", name="account_adjusted", version=1):
    bhxh_code: str = text()
    adjusted_at: datetime = moment()
    #: what was changed; None in facts of earlier releases
    changed: list[str] | None = reads(fields.List(fields.String(), load_default=None, allow_none=True), default=None)
    previous_contact: dict[str, Any] | None = reads(fields.Nested(Contact, load_default=None, allow_none=True), default=None)


class AccountStopped(OfDossier, Reader, service="accounts", name="account_stopped", version=1):
    bhxh_code: str = text()
    stopped_at: datetime = moment()


class DeclarationWithoutEffect(OfDossier, Reader, service="accounts", name="declaration_without_effect", version=1):
    kind: str = text()
    bhxh_code: str = text()

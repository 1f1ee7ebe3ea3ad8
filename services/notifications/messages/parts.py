"""Nested schemas of the facts read: people, offices, documents, figures and days, with only the fields used."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.calendar import OFF, WORK


class Contact(Schema):
    """A person's contact data; for a child filed by a guardian already the guardian's."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Subject(Schema):
    """The person a dossier is about."""

    bhxh_code = fields.String(required=True)
    full_name = fields.String(required=True)
    id_type = fields.String(load_default=None, allow_none=True)


class Parent(Schema):
    """Who comes with a child."""

    relationship = fields.String(required=True)


class Office(Schema):
    """The office that the form named."""

    name = fields.String(required=True)
    address = fields.String(load_default="")
    phone = fields.String(load_default="")


class Attachment(Schema):
    """A document by claim check."""

    kind = fields.String(required=True)
    document_id = fields.String(required=True)
    sha256 = fields.String(required=True)


class Filer(Schema):
    """The contact data of a complaint's filer: phone, e-mail, both or neither."""

    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)


class OnDuty(Schema):
    """Somebody on duty (F10)."""

    name = fields.String(required=True)
    phone = fields.String(required=True)


class Addressee(Schema):
    """A staff recipient: the accountable director, a board, an office asked for help, the IT centre."""

    role = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


class Named(Schema):
    """An office or a board."""

    name = fields.String(required=True)


class Totals(Schema):
    """The figures of a report, for the whole country."""

    received = fields.Integer(required=True)
    settled = fields.Integer(required=True)
    settled_in_time = fields.Integer(required=True)
    settled_late = fields.Integer(required=True)
    open = fields.Integer(required=True)
    open_late = fields.Integer(required=True)
    reopened = fields.Integer(required=True)
    rating = fields.Float(required=True, allow_none=True)


class ProgressTotals(Schema):
    """The figures of a report on the progress of registration, for the whole country."""

    filed = fields.Integer(required=True)
    received = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    open = fields.Integer(required=True)
    minutes_in_time = fields.Integer(required=True)
    minutes_late = fields.Integer(required=True)
    days_in_time = fields.Integer(required=True)
    days_late = fields.Integer(required=True)


class Recipient(Schema):
    """Who gets a report on the progress of registration."""

    email = fields.String(required=True)


class DatedCorrection(Schema):
    """One day that differs from the usual week: off, or worked instead; `why`: the decision behind it."""

    day = fields.Date(required=True)
    kind = fields.String(required=True, validate=OneOf((OFF, WORK)))
    why = fields.String(required=True)

"""Parts of the facts that are read: people, offices, documents and figures, with only the fields that are used."""

from marshmallow import Schema, fields


class Contact(Schema):
    """Where a person is reached; for a child filed by a guardian this is already the guardian's."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Subject(Schema):
    """The person a dossier is about."""

    bhxh_code = fields.String(required=True)
    full_name = fields.String(required=True)


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
    """Where whoever filed a complaint is reached: by phone, e-mail, both, or not at all."""

    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(load_default=None, allow_none=True)


class Addressee(Schema):
    """Somebody of the staff: the accountable director, a board, an office that is asked, the IT centre."""

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

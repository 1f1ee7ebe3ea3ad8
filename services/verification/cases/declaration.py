"""The parts of a declaration that verification reads from registration and repeats in its decisions."""

from marshmallow import Schema, fields


class Document(Schema):
    """An attachment by claim check."""

    kind = fields.String(required=True)
    document_id = fields.String(required=True)
    sha256 = fields.String(required=True)
    content_type = fields.String(required=True)
    size = fields.Integer(required=True)


class Subject(Schema):
    """The person that the dossier is about."""

    bhxh_code = fields.String(required=True)
    personal_id = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(required=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)


class Contact(Schema):
    """Contact data of the person, or of whoever filed for a child. `phone` in E.164; `address` as on the form."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    address = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    remove_email = fields.Boolean(metadata={"description": "the person wants the account to have no e-mail address (V12)"})


class Guardian(Schema):
    """Who filed for a child."""

    account_id = fields.String(required=True)
    full_name = fields.String(required=True)
    relationship = fields.String(required=True)
    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Parent(Schema):
    """The parent or guardian who comes to an office with a child, signs, and shows their own ID (V3)."""

    full_name = fields.String(required=True)
    id_type = fields.String(required=True)
    id_number = fields.String(required=True)
    relationship = fields.String(required=True)
    phone = fields.String(required=True)


class Office(Schema):
    """An office."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(load_default="")
    phone = fields.String(load_default="")


class FormOffice(Office):
    """The office that the form names, with its province."""

    province_code = fields.String(load_default=None, allow_none=True)

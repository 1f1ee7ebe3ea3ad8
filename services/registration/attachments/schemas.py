"""What the API answers about a document."""

import marshmallow as ma
from marshmallow.validate import OneOf

from services.registration.declarations.rules import UPLOADS


class AttachmentSchema(ma.Schema):
    """A document as it is kept: pictures are re-encoded, so hash and size differ from what was sent."""

    kind = ma.fields.String(required=True, validate=OneOf(UPLOADS))
    sha256 = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)

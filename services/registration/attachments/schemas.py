"""Response schemas of documents."""

import marshmallow as ma
from marshmallow.validate import OneOf

from services.registration.declarations.rules import UPLOADS


class AttachmentSchema(ma.Schema):
    """A stored document: pictures are re-encoded, so hash and size differ from the upload's."""

    kind = ma.fields.String(required=True, validate=OneOf(UPLOADS))
    sha256 = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)

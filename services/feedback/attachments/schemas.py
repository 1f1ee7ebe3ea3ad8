"""How a document of a complaint is shown."""

import marshmallow as ma


class AttachmentSchema(ma.Schema):
    """A document as it is stored: pictures are re-encoded, so hash and size differ from those of the upload."""

    slot = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)

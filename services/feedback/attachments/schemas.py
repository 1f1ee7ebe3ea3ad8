"""Response schema of a complaint's document."""

import marshmallow as ma


class AttachmentSchema(ma.Schema):
    """A stored document: pictures are re-encoded, so hash and size differ from the upload's."""

    slot = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)

"""How a document of a complaint is shown."""

import marshmallow as ma


class AttachmentSchema(ma.Schema):
    """A document as it is kept: pictures are written anew, so hash and size are not those of what was sent."""

    slot = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)

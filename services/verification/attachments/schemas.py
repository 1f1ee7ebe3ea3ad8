"""Response schemas of a dossier's documents."""

import marshmallow as ma

from services.verification.attachments.completeness import KINDS
from services.verification.cases.schemas import Standing


class Supplemented(Standing):
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    sha256 = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    content_type = ma.fields.String(required=True)

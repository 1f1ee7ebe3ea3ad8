"""Request and response schemas of sheets."""

import marshmallow as ma

from services.chassis.web.fields import Moment
from services.chassis.web.typed import Line


class SheetRequest(ma.Schema):
    reason = Line(
        3,
        500,
        required=True,
        metadata={"description": "why the sheet is printed; kept with it", "example": "Mất điện thoại"},
    )


class SheetIssued(ma.Schema):
    """A sheet, shown once."""

    code = ma.fields.String(required=True, metadata={"description": "the enrolment code, as it is printed"})
    expires_at = Moment(required=True)
    pdf = ma.fields.String(
        required=True, metadata={"description": "the printable page (PDF, A4) in base64", "format": "byte"}
    )

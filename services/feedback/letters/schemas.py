"""Response schema of letters."""

import marshmallow as ma


class LetterSchema(ma.Schema):
    """The letter that goes with an answer."""

    number = ma.fields.String(
        required=True,
        allow_none=True,
        attribute="printed_number",
        metadata={"description": "a number of that year, then /BHXH-PAKN; null: a scan, with its number on the paper"},
    )
    day = ma.fields.Date(required=True, allow_none=True, metadata={"description": "null: a scan that waits for approval"})
    scanned = ma.fields.Boolean(required=True, metadata={"description": "the scan of a signed letter, not drawn by us"})
    ready = ma.fields.Boolean(required=True, metadata={"description": "whether it can be read"})

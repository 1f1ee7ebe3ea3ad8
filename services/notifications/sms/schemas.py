"""What Twilio sends to its callback."""

import marshmallow as ma


class StatusCallback(ma.Schema):
    """The parameters that are used; Twilio sends more. For the documentation only: all of them are in the signature."""

    MessageSid = ma.fields.String(required=True, metadata={"example": "SM" + "0" * 32})
    MessageStatus = ma.fields.String(required=True, metadata={"example": "delivered"})
    ErrorCode = ma.fields.String(metadata={"description": "Twilio's, if it failed", "example": "30003"})

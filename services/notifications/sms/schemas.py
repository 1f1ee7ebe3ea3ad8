"""The form that Twilio posts to its callback."""

import marshmallow as ma


class StatusCallback(ma.Schema):
    """The parameters we use; Twilio sends more. For documentation only: the signature covers all of them."""

    MessageSid = ma.fields.String(required=True, metadata={"example": "SM" + "0" * 32})
    MessageStatus = ma.fields.String(required=True, metadata={"example": "delivered"})
    ErrorCode = ma.fields.String(metadata={"description": "Twilio's, if it failed", "example": "30003"})

"""The body that Amazon SNS posts to its callback."""

import marshmallow as ma


class SnsMessage(ma.Schema):
    """The members we use. For documentation only: SNS sends them as text/plain."""

    Type = ma.fields.String(required=True, metadata={"example": "Notification"})
    TopicArn = ma.fields.String(required=True)
    Message = ma.fields.String(required=True, metadata={"description": "an event, as JSON text"})
    SigningCertURL = ma.fields.String(required=True)
    SignatureVersion = ma.fields.String(required=True, metadata={"example": "2"})
    Signature = ma.fields.String(required=True)

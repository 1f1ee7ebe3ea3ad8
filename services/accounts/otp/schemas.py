"""Both halves of a confirmation: the challenge in a response, and the code sent back with it."""

import marshmallow as ma

from services.chassis.web.fields import Moment
from services.chassis.web.typed import OneTimeCode


class Challenge(ma.Schema):
    challenge = ma.fields.UUID(required=True, attribute="id")
    expires_at = Moment(required=True)


class Confirmation(ma.Schema):
    challenge = ma.fields.UUID(required=True)
    otp = OneTimeCode(required=True)

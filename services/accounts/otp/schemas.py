"""Both halves of a confirmation: the challenge in a response, and the code sent back with it."""

import marshmallow as ma

from services.accounts.accounts.schemas import FullMatch
from services.chassis.web.fields import Moment


class Challenge(ma.Schema):
    challenge = ma.fields.UUID(required=True, attribute="id")
    expires_at = Moment(required=True)


class Confirmation(ma.Schema):
    challenge = ma.fields.UUID(required=True)
    otp = ma.fields.String(required=True, validate=FullMatch(r"^[0-9]{6}$"), metadata={"description": "six digits, by SMS"})

"""Response schemas of sign-ins."""

import marshmallow as ma

from services.accounts.sign_ins.rules import RESULTS
from services.accounts.throttles.sources import ADDRESS, DEVICE, STRANGER
from services.chassis.web.fields import Moment


class SignInShown(ma.Schema):
    at = Moment(required=True)
    result = ma.fields.String(required=True, metadata={"description": f"{', '.join(RESULTS)}; more may come"})
    source = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf((DEVICE, ADDRESS, STRANGER)),
        metadata={"description": "a device that the account knew, an address that it knew, or neither"},
    )
    this_device = ma.fields.Boolean(
        required=True, metadata={"description": "whether it was the device that asks; false where nobody knows"}
    )

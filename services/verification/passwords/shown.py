"""How a case shows that its first password did not arrive."""

from __future__ import annotations

import marshmallow as ma

from services.chassis.web.fields import Moment


class PasswordFailure(ma.Schema):
    """The SMS with the first password did not arrive (A2): have it sent anew (`POST /cases/{no}/password`), to the right phone."""

    at = Moment(required=True, attribute="password_failed_at")
    code = ma.fields.String(
        required=True, allow_none=True, attribute="password_failure", metadata={"description": "such as unreachable_number"}
    )
    held = ma.fields.Boolean(
        required=True,
        allow_none=True,
        attribute="password_held",
        metadata={"description": "true: nothing is wrong with the phone; it goes out once an operator has helped"},
    )

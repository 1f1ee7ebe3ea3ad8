"""What a token says of how its holder was recognised (RFC 8176, RFC 9068): `acr`, `amr`, and when a second factor was last shown."""

from datetime import datetime
from typing import Any

from services.accounts.factors.rules import AAL2_KINDS, PASSKEY, RECOVERY_CODE, TOTP
from services.chassis.web.second_factor import AAL1, AAL2

#: authentication method references (RFC 8176) of each kind, beside the password; a recovery code has none
_METHODS = {TOTP: ("otp", "mfa"), PASSKEY: ("pop", "user", "mfa"), RECOVERY_CODE: ("mfa",)}


def shown_in_tokens(kind: str | None, shown_at: datetime | None) -> dict[str, Any]:
    """Return the claims of a session whose holder has shown this second factor, or none."""
    if kind not in AAL2_KINDS or shown_at is None:
        return {"acr": AAL1, "amr": ["pwd"]}
    return {"acr": AAL2, "amr": ["pwd", *_METHODS[kind]], "auth_time": int(shown_at.timestamp())}

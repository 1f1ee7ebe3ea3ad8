"""Make first passwords: what is typed by people who have never seen them (A2)."""

import secrets
from dataclasses import dataclass, field

#: lower-case letters and digits without look-alikes; no vowels, so that no words appear
ALPHABET = "cdfhjkmnprtwxy3467"
_GROUPS, _GROUP = 3, 4


def generate_password() -> str:
    """Return 50 random bits in groups that are easy to type: ``k7cm-xr4t-hw3p``."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


@dataclass(frozen=True)
class SealedPassword:
    """A first password in the forms that may be stored and sent: hash and sealed box."""

    password_hash: str = field(repr=False)
    box: str = field(repr=False)

"""Make passwords that a person has to retype from an SMS (A2), and read them as they are retyped (W2)."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.text.folding import plain_number

#: lower-case letters and digits without look-alikes; no vowels, so that no words appear
ALPHABET = "cdfhjkmnprtwxy3467"
_GROUPS, _GROUP = 3, 4
_RETYPED = re.compile(f"[{ALPHABET}]{{{_GROUPS * _GROUP}}}")


@dataclass(frozen=True)
class SealedPassword:
    """A first password in the forms that may be stored and sent: hash and sealed box."""

    password_hash: str = field(repr=False)
    box: str = field(repr=False)
    made_at: datetime
    #: when it ends (A2)
    until: datetime


def generate_password() -> str:
    """Return 50 random bits in groups that are easy to type: ``k7cm-xr4t-hw3p``."""
    return _in_groups("".join(secrets.choice(ALPHABET) for _ in range(_GROUPS * _GROUP)))


def as_generated(typed: str) -> str:
    """Return a password as `generate_password` wrote it, if it is one: in capitals, without hyphens, with spaces; else unchanged."""
    plain = plain_number(typed).lower()
    return _in_groups(plain) if _RETYPED.fullmatch(plain) else typed


def _in_groups(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))

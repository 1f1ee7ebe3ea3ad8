"""The port to HGĐ, the national system of BHXH codes: does this code exist, under which full name, born when? (V7, 3717 note)"""

from dataclasses import dataclass
from typing import Protocol

from services.verification.directory.births import UNKNOWN, Birth


@dataclass(frozen=True)
class Answer:
    """HGĐ's record of a code. Unless `found`, the rest is empty."""

    found: bool
    full_name: str = ""
    birth: Birth = UNKNOWN
    #: E.164; None if HGĐ has none, or none that can be one
    phone: str | None = None


class Directory(Protocol):
    """Looks up whom a BHXH code belongs to."""

    def look_up(self, bhxh_code: str, *, timeout_seconds: float) -> Answer:
        """Return what HGĐ holds under this code. Read-only, so safe to repeat.

        :raises Transient: if HGĐ gives no usable answer now.
        :raises Held: if HGĐ refuses us, or answers what nobody knows.
        :raises Permanent: if HGĐ refuses the request itself, or its record of this person has no name.
        """

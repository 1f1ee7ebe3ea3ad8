"""The port to HGĐ, the national system of BHXH codes: does this code exist, and under which full name? (V7, 3717 note)"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """HGĐ's record of a code. Unless `found`, the rest is empty."""

    found: bool
    full_name: str = ""
    date_of_birth: date | None = None
    #: E.164; None if HGĐ has none, or none that can be one
    phone: str | None = None


class Directory(Protocol):
    """Looks up whom a BHXH code belongs to."""

    def look_up(self, bhxh_code: str, *, timeout_seconds: float) -> Answer:
        """Return what HGĐ holds under this code. Read-only, so safe to repeat.

        :raises Transient: if HGĐ gives no usable answer now.
        :raises Permanent: if HGĐ refuses the request itself.
        """

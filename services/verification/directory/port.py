"""The port to HGĐ, the national system of BHXH codes: does this code exist, and under which full name? (V7, 3717 note)"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """What HGĐ knows under a code. Unless `found`, the rest is empty."""

    found: bool
    full_name: str = ""
    date_of_birth: date | None = None


class Directory(Protocol):
    """Answers which person a BHXH code belongs to."""

    def look_up(self, bhxh_code: str, *, timeout_seconds: float) -> Answer:
        """Return what HGĐ holds under this code. Reads only, so it may be called any number of times.

        :raises Transient: HGĐ gives no usable answer now.
        :raises Permanent: HGĐ refuses the question itself.
        """

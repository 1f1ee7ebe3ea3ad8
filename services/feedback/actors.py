"""Who acts on a complaint. What each role may do is in api/access.py; what it may do now, in the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from services.feedback.complaint_row import CENTRE


@dataclass(frozen=True)
class Actor:
    """A member of staff as the token says, the citizen, or the clock."""

    role: str
    account_id: str | None = None
    office_code: str | None = None
    province_code: str | None = None
    board_code: str | None = None

    @property
    def signature(self) -> dict[str, Any]:
        """How the history names who did it. A citizen is named by nothing."""
        return {"actor": self.account_id, "role": self.role, "office_code": self.office_code or self.board_code}

    @property
    def is_centre(self) -> bool:
        """Whether this is the IT centre, the standing unit (F2)."""
        return self.role == "board" and self.board_code == CENTRE


CITIZEN: Final = Actor("citizen")
CLOCK: Final = Actor("clock")
#: an office's own people
OFFICE_ROLES: Final = ("officer", "approver", "director")
